package io.evenkeel.promql.cache;

import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.promql.Value.MatrixSeries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An expression's answer at some neighbouring steps, and the samples it was computed from.
/// Immutable.
///
/// @param first the first step, as a multiple of the query's step
/// @param last the last step
/// @param series the answer, sorted by labels; without histograms
/// @param since the number of the last change that it has seen
/// @param readFrom the time of the oldest sample that it may depend on, epoch milliseconds
/// @param readTo the time of the newest sample that it may depend on, epoch milliseconds
record Piece(
    long first, long last, List<MatrixSeries> series, long since, long readFrom, long readTo) {
  private static final int BYTES_OF_A_PIECE = 160;
  private static final int BYTES_OF_A_SERIES = 120;
  private static final int BYTES_OF_A_LABEL = 80;

  /// About how much memory it takes.
  long bytes() {
    long bytes = BYTES_OF_A_PIECE;
    for (MatrixSeries one : series) {
      bytes += BYTES_OF_A_SERIES + BYTES_OF_A_LABEL * one.labels().size() + bytesOfPoints(one);
    }
    return bytes;
  }

  /// How much memory a series' points take.
  static long bytesOfPoints(MatrixSeries series) {
    return 16L * series.times().length;
  }

  /// The part between two times, which are in it.
  static List<MatrixSeries> between(List<MatrixSeries> series, long fromMillis, long toMillis) {
    List<MatrixSeries> part = new ArrayList<>(series.size());
    for (MatrixSeries one : series) {
      long[] times = one.times();
      int begin = lowerBound(times, fromMillis);
      int end = lowerBound(times, toMillis + 1);
      if (begin == 0 && end == times.length) {
        part.add(one);
      } else if (begin < end) {
        @Nullable NativeHistogram @Nullable [] histograms = one.histograms();
        part.add(
            new MatrixSeries(
                one.labels(),
                Arrays.copyOfRange(times, begin, end),
                Arrays.copyOfRange(one.values(), begin, end),
                histograms == null ? null : Arrays.copyOfRange(histograms, begin, end)));
      }
    }
    return part;
  }

  private static int lowerBound(long[] times, long time) {
    int at = Arrays.binarySearch(times, time);
    return at >= 0 ? at : ~at;
  }

  /// Puts answers over parts of a range, in the order of time, together; sorted by labels.
  static List<MatrixSeries> joined(List<List<MatrixSeries>> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    Map<Labels, List<MatrixSeries>> bySeries = new LinkedHashMap<>();
    for (List<MatrixSeries> part : parts) {
      for (MatrixSeries one : part) {
        bySeries.computeIfAbsent(one.labels(), _ -> new ArrayList<>(parts.size())).add(one);
      }
    }
    List<MatrixSeries> joined = new ArrayList<>(bySeries.size());
    bySeries.values().forEach(each -> joined.add(each.size() == 1 ? each.getFirst() : row(each)));
    joined.sort((a, b) -> a.labels().compareTo(b.labels()));
    return joined;
  }

  private static MatrixSeries row(List<MatrixSeries> parts) {
    int size = 0;
    boolean anyHistograms = false;
    for (MatrixSeries part : parts) {
      size += part.times().length;
      anyHistograms |= part.histograms() != null;
    }
    long[] times = new long[size];
    double[] values = new double[size];
    @Nullable NativeHistogram @Nullable [] histograms =
        anyHistograms ? new NativeHistogram[size] : null;
    int at = 0;
    for (MatrixSeries part : parts) {
      int count = part.times().length;
      System.arraycopy(part.times(), 0, times, at, count);
      System.arraycopy(part.values(), 0, values, at, count);
      if (histograms != null && part.histograms() != null) {
        System.arraycopy(part.histograms(), 0, histograms, at, count);
      }
      at += count;
    }
    return new MatrixSeries(parts.getFirst().labels(), times, values, histograms);
  }
}
