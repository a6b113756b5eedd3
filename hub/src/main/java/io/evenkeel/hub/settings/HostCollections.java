package io.evenkeel.hub.settings;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How each host is measured: what is set for it, else for its group, else for all hosts; the
/// period and the collectors each by themselves. Agents hear of it in the answer to their next
/// push. Safe for use by many threads.
public final class HostCollections {
  /// For what a setting holds.
  public enum Scope {
    /// One host, by its id.
    HOST,
    /// The hosts of a group, by its name.
    GROUP;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Scope of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  record Key(Scope scope, String target) {}

  /// What holds for a host.
  ///
  /// @param periodFrom where the period comes from; null from the setting for all hosts
  /// @param switchedOffFrom where the collectors come from; null when none are set anywhere
  public record InForce(
      Duration period,
      @Nullable Scope periodFrom,
      Set<String> switchedOff,
      @Nullable Scope switchedOffFrom) {
    public InForce {
      switchedOff = Set.copyOf(switchedOff);
    }
  }

  private final Database database;
  private final AuditStore audit;
  private final CollectionPeriod period;
  private final Function<String, String> groupOf;
  private final HostCollectionStore store = new HostCollectionStore();
  private final Map<Key, HostCollection> byKey;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /// @param period what holds for all hosts
  /// @param groupOf the group of a host by its id; empty for none
  public HostCollections(
      Database database,
      AuditStore audit,
      CollectionPeriod period,
      Function<String, String> groupOf) {
    this.database = database;
    this.audit = audit;
    this.period = period;
    this.groupOf = groupOf;
    this.byKey = new ConcurrentHashMap<>(database.read(store::all));
    period.onChange(_ -> tell());
  }

  /// What is set for a host or a group itself.
  public HostCollection own(Scope scope, String target) {
    return byKey.getOrDefault(new Key(scope, target), HostCollection.INHERITED);
  }

  /// What holds for a host.
  public InForce of(String hostId) {
    HostCollection host = own(Scope.HOST, hostId);
    String group = groupOf.apply(hostId);
    HostCollection wider = group.isEmpty() ? HostCollection.INHERITED : own(Scope.GROUP, group);
    Integer hostSeconds = host.periodSeconds();
    Integer seconds = hostSeconds == null ? wider.periodSeconds() : hostSeconds;
    List<String> hostOff = host.switchedOff();
    List<String> off = hostOff == null ? wider.switchedOff() : hostOff;
    return new InForce(
        seconds == null ? period.current() : Duration.ofSeconds(seconds),
        seconds == null ? null : hostSeconds == null ? Scope.GROUP : Scope.HOST,
        off == null ? Set.of() : Set.copyOf(off),
        off == null ? null : hostOff == null ? Scope.GROUP : Scope.HOST);
  }

  /// Sets how a host or a group is measured, instead of what was set for it before.
  ///
  /// @param name what the audit log calls it
  public Outcome<HostCollection> change(
      Scope scope, String target, String name, HostCollection next, String actor) {
    Optional<HostCollection.Problem> problem = next.problem();
    if (problem.isPresent()) {
      return Outcome.invalid(problem.get().field(), problem.get().message());
    }
    Key key = new Key(scope, target);
    synchronized (this) {
      database.change(transaction -> {
        store.put(transaction, key, next);
        audit.append(
            transaction, actor, "settings.collection", scope.word() + " " + name, words(next));
      });
      byKey.put(key, next);
    }
    tell();
    return Outcome.done(next);
  }

  private static String words(HostCollection collection) {
    Integer seconds = collection.periodSeconds();
    List<String> off = collection.switchedOff();
    return "period="
        + (seconds == null ? "inherited" : seconds + "s")
        + " off="
        + (off == null ? "inherited" : String.join(",", off));
  }

  /// Calls `listener` after each change, on the thread that made it. A host that moves to another
  /// group is no change of these settings: whoever moves it calls [#tell].
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// Tells everyone that listens that what holds for a host may be another.
  public void tell() {
    listeners.forEach(Runnable::run);
  }
}
