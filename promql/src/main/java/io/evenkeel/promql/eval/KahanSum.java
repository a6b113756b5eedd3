package io.evenkeel.promql.eval;

/// A sum with Neumaier's compensation (ZAMM 54, 1974), as Prometheus adds. Not thread-safe.
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
}
