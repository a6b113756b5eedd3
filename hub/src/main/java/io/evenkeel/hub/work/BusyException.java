package io.evenkeel.hub.work;

import io.evenkeel.model.Text;

/// Too many computations wait already; try again in a moment.
public final class BusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final Text TEXT =
      Text.of("The hub is computing at its limit: try again in a moment.", "中心的计算已达上限，请稍后重试。");

  BusyException() {
    super(TEXT.en());
  }

  /// What it says to people.
  public Text text() {
    return TEXT;
  }
}
