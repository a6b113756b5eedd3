package io.evenkeel.gateway.health;

/// Whether a backend passes its active checks: out after `fall` failures in a row, back after
/// `rise` passes in a row. A backend counts as up until it failed. One writer; readers may be
/// others.
public final class CheckState {
  private final int fall;
  private final int rise;
  private int run;
  private volatile boolean up = true;
  private volatile String lastFailure = "";

  public CheckState(int fall, int rise) {
    this.fall = fall;
    this.rise = rise;
  }

  /// Counts a check.
  ///
  /// @param failure why it failed; empty when it passed
  /// @return whether the state changed
  public boolean observe(String failure) {
    boolean passed = failure.isEmpty();
    if (!passed) {
      lastFailure = failure;
    }
    if (passed == up) {
      run = 0;
      return false;
    }
    run++;
    if (run < (up ? fall : rise)) {
      return false;
    }
    run = 0;
    up = passed;
    return true;
  }

  /// Whether it is up.
  public boolean isUp() {
    return up;
  }

  /// Why the last failed check failed; empty when none did.
  public String lastFailure() {
    return lastFailure;
  }
}
