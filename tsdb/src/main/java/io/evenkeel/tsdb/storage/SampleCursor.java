package io.evenkeel.tsdb.storage;

/// Reads one series' samples in time order, each time once, in portions.
///
/// Portions keep the cost of a call off the single sample and bound memory: a caller that streams
/// reads a few hundred at a time, one that evaluates windows reads all. Stale markers are samples.
/// Not thread-safe.
public interface SampleCursor {
  /// Appends the next samples to a buffer, about `atMost` of them (an implementation may round up
  /// to the end of a chunk), and answers how many; 0 means that there are no more.
  ///
  /// @throws StorageException when stored data cannot be read
  int read(SampleColumns into, int atMost);
}
