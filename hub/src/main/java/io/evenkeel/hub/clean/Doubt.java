package io.evenkeel.hub.clean;

import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import java.util.Locale;

/// Why a sample is doubtful. Each is counted by host; what becomes of the sample differs.
public enum Doubt {
  /// A host's value that is NaN or infinite: the kernel has no such value, so it is refused. In
  /// series of other names these are legal values and pass.
  NON_FINITE,
  /// A counter below zero: refused.
  NEGATIVE_COUNTER,
  /// A part larger than its whole, such as available memory above total memory: the part is
  /// refused.
  PART_ABOVE_WHOLE,
  /// A counter of busy time that grew by more than the time that passed, beyond rounding: kept,
  /// since it is the step that is impossible, not the sample.
  SHARE_ABOVE_ONE,
  /// The same time and value again: nothing new, nothing stored.
  DUPLICATE,
  /// The same time with another value: the first is kept.
  CONFLICT,
  /// Later than the store's window for late samples: refused.
  TOO_OLD,
  /// Too far ahead of the hub's clock: refused.
  TOO_NEW,
  /// A new series beyond the limit of all: refused.
  SERIES_LIMIT,
  /// A new series beyond what one source may have: refused.
  SOURCE_SERIES_LIMIT,
  /// Labels that cannot name a series: refused.
  INVALID_LABELS,
  /// A native histogram that contradicts itself: refused.
  INVALID_HISTOGRAM;

  /// The doubt as a label's value.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The store's reason as a doubt.
  public static Doubt of(Rejection rejection) {
    return switch (rejection) {
      case DUPLICATE -> DUPLICATE;
      case CONFLICT -> CONFLICT;
      case TOO_OLD -> TOO_OLD;
      case TOO_NEW -> TOO_NEW;
      case SERIES_LIMIT -> SERIES_LIMIT;
      case SOURCE_SERIES_LIMIT -> SOURCE_SERIES_LIMIT;
      case INVALID_LABELS -> INVALID_LABELS;
      case INVALID_HISTOGRAM -> INVALID_HISTOGRAM;
    };
  }
}
