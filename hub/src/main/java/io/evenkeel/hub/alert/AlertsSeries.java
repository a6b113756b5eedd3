package io.evenkeel.hub.alert;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.storage.ReadOnlyStoreException;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.util.Collection;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the series `ALERTS` and `ALERTS_FOR_STATE`, as Prometheus does, and how many alerts of an
/// instance are held because what they measure is missing.
public final class AlertsSeries {
  private static final Logger LOG = LoggerFactory.getLogger(AlertsSeries.class);

  private static final String HELD = "evenkeel_alerts_without_data";

  private final TimeSeriesStore store;

  public AlertsSeries(TimeSeriesStore store) {
    this.store = store;
  }

  /// Writes what an evaluation of a rule came to.
  ///
  /// @param alerts those that are not inactive
  /// @param gone those that are over
  public void write(
      AlertRule rule, Collection<AlertState> alerts, Collection<AlertState> gone, long now) {
    if (alerts.isEmpty() && gone.isEmpty()) {
      return;
    }
    SampleBatch batch = new SampleBatch();
    for (AlertState state : alerts) {
      String word = state.isFiring() ? "firing" : "pending";
      batch.addSample(batch.addSeries(series(state, word)), now, 1.0);
      batch.addSample(batch.addSeries(since(state)), now, state.activeAt() / 1000.0);
      if (state.isFiring() && state.firedAt() == now && !rule.hold().isZero()) {
        batch.addSample(batch.addSeries(series(state, "pending")), now, StaleMarker.BITS);
      }
    }
    stale(batch, gone, now);
    append(batch);
  }

  /// Writes how many alerts of each instance are held without data.
  ///
  /// @param held by instance; 0 for one that has its data again
  void writeHeld(Map<String, Integer> held, long now) {
    SampleBatch batch = new SampleBatch();
    held.forEach((instance, count) ->
        batch.addSample(
            batch.addSeries(Labels.of(Label.METRIC_NAME, HELD, Label.INSTANCE, instance)),
            now,
            (double) count));
    append(batch);
  }

  void ended(Collection<AlertState> gone, long now) {
    SampleBatch batch = new SampleBatch();
    stale(batch, gone, now);
    append(batch);
  }

  private static void stale(SampleBatch batch, Collection<AlertState> gone, long now) {
    for (AlertState state : gone) {
      String word = state.isFiring() ? "firing" : "pending";
      batch.addSample(batch.addSeries(series(state, word)), now, StaleMarker.BITS);
      batch.addSample(batch.addSeries(since(state)), now, StaleMarker.BITS);
    }
  }

  private void append(SampleBatch batch) {
    if (batch.sampleCount() == 0) {
      return;
    }
    try {
      store.append(batch);
    } catch (ReadOnlyStoreException e) {
      LOG.debug("ALERTS is not written while the store is read-only");
    }
  }

  private static Labels series(AlertState state, String word) {
    return state.labels().toBuilder()
        .set(Label.METRIC_NAME, "ALERTS")
        .set("alertstate", word)
        .build();
  }

  private static Labels since(AlertState state) {
    return state.labels().toBuilder().set(Label.METRIC_NAME, "ALERTS_FOR_STATE").build();
  }
}
