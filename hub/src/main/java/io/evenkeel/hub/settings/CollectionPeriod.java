package io.evenkeel.hub.settings;

import io.evenkeel.hub.db.SettingStore;
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

  private final SettingStore settings;
  private final List<Consumer<Duration>> listeners = new CopyOnWriteArrayList<>();
  private volatile Duration current;

  /// Reads the stored period; `initial` holds until one was stored.
  public CollectionPeriod(SettingStore settings, Duration initial) {
    this.settings = settings;
    this.current =
        settings
            .get(KEY)
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

  /// Sets the period, which is one of [#ALLOWED_SECONDS].
  public synchronized void change(Duration period) {
    settings.put(KEY, Long.toString(period.toSeconds()));
    current = period;
    listeners.forEach(listener -> listener.accept(period));
  }
}
