package io.evenkeel.tsdb.storage;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a store accepts; everything beyond is refused and counted. Immutable.
///
/// @param oldest how far a sample may lie behind the store's clock
/// @param ahead how far a sample may lie ahead of the store's clock
/// @param maxSeries how many series may be active at once; known ones go on beyond it
/// @param maxSeriesPerSource how many of them one source may have brought
/// @param maxLabels how many labels a series may have
/// @param maxNameBytes how long a label's name may be, UTF-8 bytes
/// @param maxValueBytes how long a label's value may be, UTF-8 bytes
public record WriteLimits(
    Duration oldest,
    Duration ahead,
    int maxSeries,
    int maxSeriesPerSource,
    int maxLabels,
    int maxNameBytes,
    int maxValueBytes) {

  /// The limits of a hub with 256 MB: a day's outage can be sent later, with two hours to spare;
  /// label sizes are those that the ingest doors allow.
  public static final WriteLimits DEFAULT =
      new WriteLimits(
          Duration.ofHours(26), Duration.ofMinutes(10), 200_000, 100_000, 32, 128, 1024);

  /// Accepts samples of any time, for scripts that live in 1970 and imports.
  public static final WriteLimits ANY_TIME =
      new WriteLimits(
          Duration.ofMillis(Long.MAX_VALUE),
          Duration.ofMillis(Long.MAX_VALUE),
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          1024,
          65_535,
          1 << 20);

  /// The oldest acceptable time at a moment, epoch milliseconds.
  public long oldestMillis(long nowMillis) {
    long back = oldest.toMillis();
    return back == Long.MAX_VALUE ? Long.MIN_VALUE : nowMillis - back;
  }

  /// The newest acceptable time at a moment, epoch milliseconds.
  public long newestMillis(long nowMillis) {
    long forward = ahead.toMillis();
    return nowMillis > Long.MAX_VALUE - forward ? Long.MAX_VALUE : nowMillis + forward;
  }

  /// Why a time is refused at a moment, or null when it is not.
  public @Nullable Rejection timeProblem(long nowMillis, long timestampMillis) {
    if (timestampMillis < oldestMillis(nowMillis)) {
      return Rejection.TOO_OLD;
    }
    return timestampMillis > newestMillis(nowMillis) ? Rejection.TOO_NEW : null;
  }

  /// Why labels are refused as a series' identity, for a person to read, or null.
  public @Nullable String labelProblem(Labels labels) {
    if (labels.isEmpty()) {
      return "a series needs at least one label";
    }
    if (labels.size() > maxLabels) {
      return labels.size() + " labels, at most " + maxLabels + " are accepted";
    }
    for (int i = 0; i < labels.size(); i++) {
      if (longer(labels.name(i), maxNameBytes)) {
        return "a label's name is longer than " + maxNameBytes + " bytes";
      }
      if (longer(labels.value(i), maxValueBytes)) {
        return "the value of label '"
            + labels.name(i)
            + "' is longer than "
            + maxValueBytes
            + " bytes";
      }
    }
    return null;
  }

  private static boolean longer(String text, int bytes) {
    // A UTF-16 unit takes at most three bytes, so most strings need no encoding.
    return text.length() > bytes / 3
        && (text.length() > bytes || text.getBytes(StandardCharsets.UTF_8).length > bytes);
  }

  /// With another number of active series; one source may have half of them, so that it cannot keep
  /// the others' out.
  public WriteLimits withSeries(int most) {
    return withSeries(most, Math.max(1, most / 2));
  }

  /// With other numbers of active series, of all and of one source.
  public WriteLimits withSeries(int most, int mostPerSource) {
    return new WriteLimits(
        oldest, ahead, most, mostPerSource, maxLabels, maxNameBytes, maxValueBytes);
  }
}
