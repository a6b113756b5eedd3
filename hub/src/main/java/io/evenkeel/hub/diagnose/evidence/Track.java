package io.evenkeel.hub.diagnose.evidence;

import io.evenkeel.model.Labels;
import java.util.Arrays;

/// The samples of one series in a window, oldest first.
public final class Track {
  private final Labels labels;
  private long[] times = new long[16];
  private double[] values = new double[16];
  private int size;

  Track(Labels labels) {
    this.labels = labels;
  }

  /// Adds a sample; one that is not newer than the last is put where it belongs, and of two at one
  /// time the first stays.
  void add(long timeMillis, double value) {
    if (Double.isNaN(value)) {
      return;
    }
    int at = size;
    while (at > 0 && times[at - 1] >= timeMillis) {
      if (times[at - 1] == timeMillis) {
        return;
      }
      at--;
    }
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    System.arraycopy(times, at, times, at + 1, size - at);
    System.arraycopy(values, at, values, at + 1, size - at);
    times[at] = timeMillis;
    values[at] = value;
    size++;
  }

  public Labels labels() {
    return labels;
  }

  /// The value of a label; empty when the series has none.
  public String label(String name) {
    return labels.valueOrEmpty(name);
  }

  public int size() {
    return size;
  }

  public long time(int index) {
    return times[index];
  }

  public double value(int index) {
    return values[index];
  }

  public double last() {
    return values[size - 1];
  }

  /// How long the samples span.
  public long spanMillis() {
    return size == 0 ? 0 : times[size - 1] - times[0];
  }

  /// How much a counter grew. Where it fell it began anew: what it had by then counts.
  public double increase() {
    double sum = 0;
    for (int i = 1; i < size; i++) {
      double step = values[i] - values[i - 1];
      sum += step >= 0 ? step : values[i];
    }
    return sum;
  }

  /// Whether a counter fell, which means that it began anew.
  public boolean wasReset() {
    for (int i = 1; i < size; i++) {
      if (values[i] < values[i - 1]) {
        return true;
      }
    }
    return false;
  }

  public double mean() {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += values[i];
    }
    return sum / size;
  }

  /// The middle value, the lower of two: what at least half of the samples reach.
  public double median() {
    double[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    return sorted[(size - 1) / 2];
  }

  public double max() {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      max = Math.max(max, values[i]);
    }
    return max;
  }

  public double min() {
    double min = Double.POSITIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      min = Math.min(min, values[i]);
    }
    return min;
  }

  /// How many of the steps between two samples grew.
  public int growingSteps() {
    int growing = 0;
    for (int i = 1; i < size; i++) {
      growing += values[i] > values[i - 1] ? 1 : 0;
    }
    return growing;
  }
}
