package io.evenkeel.model;

/// The value that says a series has ended: a signalling NaN with its own bits, as Prometheus writes
/// it.
///
/// It is told from an ordinary NaN by its bits alone. Arithmetic, and on some machines even a plain
/// move of a double, may set the quiet bit: carry samples as raw `long` bits and compare here.
public final class StaleMarker {
  /// The marker's bits.
  public static final long BITS = 0x7ff0000000000002L;

  private StaleMarker() {}

  /// Whether these raw bits are the marker's.
  public static boolean is(long valueBits) {
    return valueBits == BITS;
  }
}
