package io.evenkeel.tsdb.storage;

/// Something that samples can be read from.
public interface Queryable {
  /// Opens a view of a closed time interval, epoch milliseconds.
  StoreReader reader(long fromMillis, long toMillis);
}
