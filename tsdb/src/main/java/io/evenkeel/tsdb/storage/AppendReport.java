package io.evenkeel.tsdb.storage;

import java.util.List;
import java.util.Map;

/// What became of a batch.
///
/// @param samples numbers that are now stored and durable
/// @param histograms native histograms that are now stored and durable
/// @param exemplars exemplars that were kept
/// @param rejected how many samples were refused, by reason; nothing else of the batch is affected
/// @param details for the first few refusals, which series and why, for a person to read
public record AppendReport(
    int samples,
    int histograms,
    int exemplars,
    Map<Rejection, Integer> rejected,
    List<String> details) {

  public AppendReport {
    rejected = Map.copyOf(rejected);
    details = List.copyOf(details);
  }

  /// Why a sample was refused, or was nothing new.
  public enum Rejection {
    /// The same time and value are stored already: nothing to do, not an error.
    DUPLICATE,
    /// The same time is stored with another value; the first is kept.
    CONFLICT,
    /// Older than the out-of-order window.
    TOO_OLD,
    /// Further ahead of the store's clock than it accepts.
    TOO_NEW,
    /// A new series beyond the limit of all; samples of known series still go in.
    SERIES_LIMIT,
    /// A new series beyond what one source may have; samples of known series still go in.
    SOURCE_SERIES_LIMIT,
    /// Labels that cannot be a series' identity, or are too many or too long.
    INVALID_LABELS,
    /// A native histogram whose parts contradict each other.
    INVALID_HISTOGRAM
  }

  /// Samples that were refused and are not stored in any form.
  public int refused() {
    int sum = 0;
    for (Map.Entry<Rejection, Integer> entry : rejected.entrySet()) {
      sum += entry.getKey() == Rejection.DUPLICATE ? 0 : entry.getValue();
    }
    return sum;
  }
}
