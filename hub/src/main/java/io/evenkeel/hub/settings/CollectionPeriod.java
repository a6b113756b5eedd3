package io.evenkeel.hub.settings;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.security.AuditStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// How often agents collect, set in one place for all of them and changed while the hub runs. Safe
/// for use by many threads.
public final class CollectionPeriod {
  /// The periods that divide a minute, so that samples of all hosts line up.
  public static final List<Integer> ALLOWED_SECONDS = List.of(1, 2, 5, 10, 15, 30, 60);

  private static final String KEY = "collection.periodSeconds";

  private final Database database;
  private final AuditStore audit;
  private final SettingStore settings = new SettingStore();
  private final List<Consumer<Duration>> listeners = new CopyOnWriteArrayList<>();
  private volatile Duration current;

  /// Reads the stored period; `initial` holds until one was stored.
  public CollectionPeriod(Database database, AuditStore audit, Duration initial) {
    this.database = database;
    this.audit = audit;
    this.current =
        database
            .read(transaction -> settings.find(transaction, KEY))
            .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
            .orElse(initial);
  }

  /// The period in force.
  public Duration current() {
    return current;
  }

  /// Calls `listener` with each new period, on the thread that changed it.
  public void onChange(Consumer<Duration> listener) {
    listeners.add(listener);
  }

  /// Sets the period.
  ///
  /// @throws IllegalArgumentException when it is not one of [#ALLOWED_SECONDS]
  public void change(Duration period, String actor) {
    if (!ALLOWED_SECONDS.contains(Math.toIntExact(period.toSeconds()))) {
      throw new IllegalArgumentException("the period is one of " + ALLOWED_SECONDS + " seconds");
    }
    synchronized (this) {
      database.change(transaction -> {
        settings.put(transaction, KEY, Long.toString(period.toSeconds()));
        audit.append(transaction, actor, "settings.collection", "period", period.toSeconds() + "s");
      });
      current = period;
    }
    listeners.forEach(listener -> listener.accept(period));
  }
}
