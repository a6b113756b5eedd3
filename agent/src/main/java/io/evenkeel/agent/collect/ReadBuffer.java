package io.evenkeel.agent.collect;

import java.util.Arrays;

/// Room to read files into, shared by files that are read one after another; it only grows.
public final class ReadBuffer {
  byte[] bytes;

  public ReadBuffer(int expectedBytes) {
    bytes = new byte[expectedBytes];
  }

  void grow() {
    bytes = Arrays.copyOf(bytes, 2 * bytes.length);
  }
}
