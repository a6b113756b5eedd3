package io.evenkeel.promql.eval;

/// A sum or mean with Neumaier's compensation (ZAMM 54, 1974), as Prometheus adds. Not thread-safe.
final class KahanSum {
  private double sum;
  private double compensation;

  void add(double value) {
    double next = sum + value;
    if (Double.isInfinite(next)) {
      compensation = 0;
    } else if (Math.abs(sum) >= Math.abs(value)) {
      compensation += (sum - next) + value;
    } else {
      compensation += (value - next) + sum;
    }
    sum = next;
  }

  double value() {
    return sum + compensation;
  }

  /// A mean that sums up as long as that does not overflow, and goes on from the mean so far then.
  static final class Mean {
    private double sum;
    private double compensation;
    private double count;
    private boolean running;

    void add(double value) {
      count++;
      if (count == 1) {
        sum = value;
        return;
      }
      if (!running) {
        double next = sum + value;
        if (!Double.isInfinite(next)) {
          increase(sum, compensation, value);
          return;
        }
        running = true;
        sum /= count - 1;
        compensation /= count - 1;
      }
      double part = (count - 1) / count;
      increase(part * sum, part * compensation, value / count);
    }

    private void increase(double from, double error, double value) {
      double next = from + value;
      if (Double.isInfinite(next)) {
        compensation = 0;
      } else if (Math.abs(from) >= Math.abs(value)) {
        compensation = error + ((from - next) + value);
      } else {
        compensation = error + ((value - next) + from);
      }
      sum = next;
    }

    double value() {
      return running ? sum + compensation : sum / count + compensation / count;
    }
  }
}
