package io.evenkeel.hub.ingest;

import io.evenkeel.model.SampleBatch;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/// What requests are taken apart in, kept for later ones. Safe for use by many threads.
final class RequestBuffers {
  private static final int SPARE = 4;

  /// Larger ones are left to the garbage collector.
  private static final int KEPT_BYTES = 1 << 20;

  /// @param decoded room for the decompressed body, which may be larger than it
  /// @param batch empty
  record Pair(byte[] decoded, SampleBatch batch) {}

  private final ArrayBlockingQueue<Pair> spare = new ArrayBlockingQueue<>(SPARE);

  /// A pair with room for some bytes.
  Pair take(int length) {
    @Nullable Pair kept = spare.poll();
    if (kept != null && kept.decoded.length >= length) {
      return kept;
    }
    return new Pair(new byte[length + length / 8], kept == null ? new SampleBatch() : kept.batch);
  }

  /// Takes back a pair that nobody refers to any more.
  void giveBack(Pair pair) {
    if (pair.decoded.length <= KEPT_BYTES) {
      pair.batch.clear();
      spare.offer(pair);
    }
  }
}
