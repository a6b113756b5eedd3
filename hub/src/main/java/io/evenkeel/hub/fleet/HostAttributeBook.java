package io.evenkeel.hub.fleet;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.model.Label;
import io.evenkeel.model.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// What people say of each host, and who said it, in the audit log. Safe for use by many threads.
public final class HostAttributeBook {
  private final Database database;
  private final HostAttributeStore store = new HostAttributeStore();
  private final HostRegistry hosts;
  private final AuditStore audit;
  private final Map<String, HostAttributes> byId;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  public HostAttributeBook(Database database, HostRegistry hosts, AuditStore audit) {
    this.database = database;
    this.hosts = hosts;
    this.audit = audit;
    this.byId = new ConcurrentHashMap<>(database.read(store::all));
  }

  /// What is said of a host.
  public HostAttributes of(String hostId) {
    return byId.getOrDefault(hostId, HostAttributes.NONE);
  }

  /// Says something of a host, instead of what was said before.
  public Outcome<HostAttributes> change(String hostId, HostAttributes said, String actor) {
    Optional<HostAttributes.Problem> problem = said.problem();
    if (problem.isPresent()) {
      return Outcome.invalid(problem.get().field(), problem.get().message());
    }
    Optional<Host> host = hosts.find(hostId);
    if (host.isEmpty()) {
      return Outcome.refused(
          Outcome.Reason.NOT_FOUND,
          Text.of("No host has the id '" + hostId + "'.", "没有 ID 为“" + hostId + "”的服务器。"));
    }
    // A host that has just reported for the first time may not be in the database yet.
    hosts.save();
    database.change(transaction -> {
      store.put(transaction, hostId, said);
      audit.append(
          transaction,
          actor,
          "host.attributes",
          host.get().name(),
          "group=" + said.group() + " owner=" + said.owner() + " tags=" + said.tags());
    });
    byId.put(hostId, said);
    listeners.forEach(Runnable::run);
    return Outcome.done(said);
  }

  /// Whether any host is said to be in a group.
  public boolean isGroup(String name) {
    return byId.values().stream().anyMatch(said -> said.group().equals(name));
  }

  /// Calls `listener` after each change, on the thread that made it.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// Labels of an alert, completed by what is said of the host that they name.
  public Map<String, String> completing(Map<String, String> labels) {
    String name = labels.get(Label.INSTANCE);
    return name == null
        ? labels
        : hosts.idOf(name).map(id -> of(id).completing(labels)).orElse(labels);
  }
}
