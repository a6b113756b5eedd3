package io.evenkeel.hub.clean;

import io.evenkeel.model.SampleBatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// Whether a batch speaks only for instances that its sender may speak for.
public final class InstanceCheck {
  private InstanceCheck() {}

  /// The first value of the label `instance` that is not among the allowed ones (empty when a
  /// series has none); nothing when all are.
  public static Optional<String> foreign(SampleBatch batch, Set<String> allowed) {
    byte[][] names =
        allowed.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    LabelScan scan = new LabelScan();
    for (int i = 0; i < batch.seriesCount(); i++) {
      byte[] bytes = batch.labelBytes(i);
      scan.scanAll(bytes, batch.labelOffset(i), batch.labelLength(i));
      int from = scan.instanceOffset;
      int to = from + scan.instanceLength;
      if (!isOneOf(names, bytes, from, to)) {
        return Optional.of(new String(bytes, from, to - from, StandardCharsets.UTF_8));
      }
    }
    return Optional.empty();
  }

  private static boolean isOneOf(byte[][] names, byte[] bytes, int from, int to) {
    for (byte[] name : names) {
      if (Arrays.equals(name, 0, name.length, bytes, from, to)) {
        return true;
      }
    }
    return false;
  }
}
