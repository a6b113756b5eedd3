package io.evenkeel.hub.telemetry;

import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import java.util.OptionalDouble;

/// Finds series' newest values. Reusable, not thread-safe.
public final class LastSample {
  private final SampleColumns samples = new SampleColumns(256);

  /// A series' newest value in a closed time interval, epoch milliseconds; empty when there is none
  /// or the series has ended.
  public OptionalDouble of(Series series, long fromMillis, long toMillis) {
    SampleCursor cursor = series.samples(fromMillis, toMillis);
    long bits = StaleMarker.BITS;
    samples.clear();
    while (cursor.read(samples, 1024) > 0) {
      bits = samples.valueBits()[samples.size() - 1];
      samples.clear();
    }
    return StaleMarker.is(bits)
        ? OptionalDouble.empty()
        : OptionalDouble.of(Double.longBitsToDouble(bits));
  }
}
