package io.evenkeel.promql.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The order of an instant query's answer. A range query's is by labels, whatever was asked.
final class Sorting {
  private Sorting() {}

  /// By value, NaN last; histograms have no place in it.
  static Result byValue(List<StepSeries> series, Steps steps, boolean descending) {
    List<StepSeries> sorted = new ArrayList<>();
    for (StepSeries one : series) {
      StepSeries numbers = one;
      if (one.hasHistograms()) {
        numbers = StepSeries.empty(one.labels(), one.dropsName(), steps.count());
        for (int step = 0; step < steps.count(); step++) {
          if (one.has(step) && one.histogram(step) == null) {
            numbers.copy(one, step, step);
          }
        }
      }
      if (!numbers.isEmpty()) {
        sorted.add(numbers);
      }
    }
    if (steps.count() == 1) {
      sorted.sort((a, b) -> compare(a.values()[0], b.values()[0], descending));
    }
    return new Result.Vector(sorted);
  }

  private static int compare(double a, double b, boolean descending) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
    }
    return descending ? Double.compare(b, a) : Double.compare(a, b);
  }

  /// By the values of some labels in natural order, `cpu2` before `cpu10`, then by all labels.
  static Result byLabels(List<StepSeries> series, List<String> labels, boolean descending) {
    Comparator<StepSeries> order =
        (a, b) -> {
          for (String label : labels) {
            int compared =
                compareNaturally(a.labels().valueOrEmpty(label), b.labels().valueOrEmpty(label));
            if (compared != 0) {
              return compared;
            }
          }
          return a.labels().compareTo(b.labels());
        };
    List<StepSeries> sorted = new ArrayList<>(series);
    sorted.sort(descending ? order.reversed() : order);
    return new Result.Vector(sorted);
  }

  /// Runs of digits compare as numbers, everything else as text.
  static int compareNaturally(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      int endA = chunkEnd(a, i);
      int endB = chunkEnd(b, j);
      int compared =
          isDigit(a.charAt(i)) && isDigit(b.charAt(j))
              ? compareNumbers(a.substring(i, endA), b.substring(j, endB))
              : a.substring(i, endA).compareTo(b.substring(j, endB));
      if (compared != 0) {
        return compared;
      }
      i = endA;
      j = endB;
    }
    int byLength = Integer.compare(a.length() - i, b.length() - j);
    return byLength != 0 ? byLength : a.compareTo(b);
  }

  private static int compareNumbers(String a, String b) {
    String x = a.replaceFirst("^0+(?=.)", "");
    String y = b.replaceFirst("^0+(?=.)", "");
    return x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
  }

  private static int chunkEnd(String text, int from) {
    boolean digits = isDigit(text.charAt(from));
    int end = from + 1;
    while (end < text.length() && isDigit(text.charAt(end)) == digits) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
