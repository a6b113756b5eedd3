package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.tsdb.engine.Snapshot;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.StorageException;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The part of Prometheus's HTTP API that changes the store; for administrators.
public final class TsdbAdminRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(TsdbAdminRoutes.class);
  private static final String DELETE = "/api/v1/admin/tsdb/delete_series";
  private static final String DELETES = "Hides samples of matching series from every reader.";

  private static final String SNAPSHOT = "/api/v1/admin/tsdb/snapshot";
  private static final String SNAPSHOTS =
      "Copies the store into a new folder of the data directory's 'snapshots', by links where the"
          + " file system can, and tells its name.";
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final TimeSeriesStore store;
  private final Path data;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /// @param data the data directory, in which the store has its folder and snapshots get theirs
  public TsdbAdminRoutes(TimeSeriesStore store, Path data, InstantSource clock) {
    this.store = store;
    this.data = data;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(DELETE, Access.ADMIN, DELETES, null, null, this::delete),
        Route.put(DELETE, Access.ADMIN, DELETES, null, null, this::delete),
        Route.post(SNAPSHOT, Access.ADMIN, SNAPSHOTS, null, null, this::snapshot),
        Route.put(SNAPSHOT, Access.ADMIN, SNAPSHOTS, null, null, this::snapshot));
  }

  /// A name in Prometheus's form: the time and something random. Prometheus's `skip_head` changes
  /// nothing here: the newest samples are always in it.
  private void snapshot(Exchange exchange) {
    byte[] more = new byte[8];
    random.nextBytes(more);
    String name = STAMP.format(clock.instant()) + "-" + HexFormat.of().formatHex(more);
    try {
      Path snapshots = Files.createDirectories(data.resolve("snapshots"));
      Snapshot.take(data.resolve("tsdb"), snapshots.resolve(name));
      LOG.info("{} took the snapshot {}", exchange.caller().auditName(), name);
      exchange.answer(Map.of("status", "success", "data", Map.of("name", name)));
    } catch (IOException | StorageException e) {
      PrometheusAnswers.refuse(
          exchange,
          PrometheusProblem.internal("the snapshot could not be taken: " + e.getMessage()));
    }
  }

  private void delete(Exchange exchange) {
    try {
      List<List<Matcher>> selectors = Selectors.given(exchange);
      if (selectors.isEmpty()) {
        throw PrometheusProblem.badData("no match[] parameter provided");
      }
      long start = PrometheusParameters.time(exchange, "start", Instant.EPOCH);
      long end =
          PrometheusParameters.time(exchange, "end", Instant.ofEpochMilli(Long.MAX_VALUE / 4));
      if (end < start) {
        throw PrometheusProblem.badData(
            "invalid parameter \"end\": end timestamp must not be before start timestamp");
      }
      int series = 0;
      for (List<Matcher> matchers : new ArrayList<>(selectors)) {
        series += store.delete(matchers, start, end);
      }
      LOG.info(
          "{} deleted samples of {} series between {} and {}",
          exchange.caller().auditName(),
          series,
          start,
          end);
      exchange.done();
    } catch (PrometheusProblem e) {
      PrometheusAnswers.refuse(exchange, e);
    } catch (StorageException e) {
      PrometheusAnswers.refuse(
          exchange, PrometheusProblem.internal(String.valueOf(e.getMessage())));
    }
  }
}
