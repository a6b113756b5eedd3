package io.evenkeel.tsdb.storage;

import java.util.List;

/// A view of a store over a closed time interval. A series that [#select] answered stays as it was
/// then, whatever is written or deleted later. Close it: blocks it reads stay mapped until then.
/// Its methods may be called from several threads.
public interface StoreReader extends AutoCloseable {
  /// The series that meet every matcher and have samples in the interval (an implementation may
  /// include some without), in the order of [io.evenkeel.model.Labels#compareTo].
  ///
  /// @throws BudgetExceededException when they are too many for the reader's budget
  List<Series> select(List<Matcher> matchers);

  /// The names of the labels of matching series, sorted in UTF-8 order, at most `limit` of them (0
  /// = no limit). No matchers means every series.
  List<String> labelNames(List<Matcher> matchers, int limit);

  /// The values of one label over matching series, sorted in UTF-8 order, at most `limit` of them
  /// (0 = no limit). No matchers means every series.
  List<String> labelValues(String name, List<Matcher> matchers, int limit);

  /// How far apart the samples at a time may lie because the store has let go of the raw ones and
  /// answers the last of each bucket of a rollup, milliseconds; 0 where it has the raw samples. An
  /// instant selector looks back at least this far.
  default long resolutionMillis(long atMillis) {
    return 0;
  }

  @Override
  void close();
}
