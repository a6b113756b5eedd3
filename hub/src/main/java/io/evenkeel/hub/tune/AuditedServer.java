package io.evenkeel.hub.tune;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server whose changes are noted in the hub's audit log too, with what came of them: what the
/// server's own log says can be held against it.
///
/// A log that cannot be written now does not keep an old value from coming back: it is logged, and
/// the server's own log has the line.
public record AuditedServer(TunedServer server, Database database, AuditStore audit)
    implements ForwardingServer {
  private static final Logger LOG = LoggerFactory.getLogger("tune");
  private static final String HUB = "hub";

  @Override
  public TuningResult apply(String id, TuningRequest request, String approvedBy, Duration lease) {
    return noted(
        approvedBy.isEmpty() ? HUB : approvedBy,
        "tuning.apply",
        id + " " + request.knob() + " to " + request.value(),
        server.apply(id, request, approvedBy, lease));
  }

  @Override
  public TuningResult keep(String id, String actor) {
    return noted(actor, "tuning.keep", id, server.keep(id, actor));
  }

  @Override
  public TuningResult revert(String id, String actor, String why) {
    return noted(actor, "tuning.revert", id + " (" + why + ")", server.revert(id, actor, why));
  }

  @Override
  public TuningResult stop(String actor) {
    return noted(actor, "tuning.stop", "", server.stop(actor));
  }

  @Override
  public TuningResult resume(String actor) {
    return noted(actor, "tuning.resume", "", server.resume(actor));
  }

  private TuningResult noted(String actor, String action, String what, TuningResult result) {
    String came = result.told();
    try {
      database.change(transaction ->
          audit.append(
              transaction,
              actor,
              action,
              server.host(),
              what.isEmpty() ? came : what + ": " + came));
    } catch (DatabaseException e) {
      LOG.warn("{} on {} could not be noted: {}", action, server.host(), e.getMessage());
    }
    return result;
  }
}
