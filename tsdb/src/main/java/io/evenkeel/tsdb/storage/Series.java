package io.evenkeel.tsdb.storage;

import io.evenkeel.model.Labels;

/// One series that a reader found; valid until its [StoreReader] is closed.
public interface Series {
  /// Its identity.
  Labels labels();

  /// A cursor before the first sample of a closed time interval, epoch milliseconds. Several
  /// cursors of one series may be open; each is for one thread.
  SampleCursor samples(long fromMillis, long toMillis);
}
