package io.evenkeel.tsdb.storage;

import io.evenkeel.model.Labels;

/// One series that a reader found; valid until its [StoreReader] is closed.
public interface Series {
  /// Its identity.
  Labels labels();

  /// A cursor before the first sample of a closed time interval, epoch milliseconds. Several
  /// cursors of one series may be open; each is for one thread.
  SampleCursor samples(long fromMillis, long toMillis);

  /// Adds what the series' numbers come to in each bucket of a resolution whose end lies in a
  /// closed interval, ascending. The answer is the same whether the store kept rollups or folds the
  /// samples now, but for what can no longer be read in that resolution: a store that let go of it
  /// answers nothing for that time.
  default void rollups(Resolution resolution, long fromMillis, long toMillis, RollupColumns into) {
    long from = resolution.firstTime(fromMillis);
    long to = Math.floorDiv(toMillis, resolution.millis()) * resolution.millis();
    RollupFold fold = new RollupFold(resolution, into);
    SampleColumns columns = new SampleColumns(1024);
    SampleCursor cursor = samples(from, to);
    while (cursor.read(columns, 1024) > 0) {
      fold.add(columns);
      columns.clear();
    }
    fold.finish();
  }
}
