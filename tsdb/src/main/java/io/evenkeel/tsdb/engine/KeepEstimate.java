package io.evenkeel.tsdb.engine;

import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.block.BlockMeta;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/// How many days of raw samples a store will have at the rate at which its blocks grow.
///
/// @param retention how long samples are kept at most
/// @param bytes how many bytes blocks may take
record KeepEstimate(Duration retention, long bytes) {
  private static final double DAY_MILLIS = Duration.ofDays(1).toMillis();

  /// Blocks of this much time before the newest tell the rate.
  private static final long RECENT_MILLIS = Duration.ofDays(2).toMillis();

  /// Less than this tells nothing.
  private static final long LEAST_MILLIS = Duration.ofMinutes(10).toMillis();

  /// The days, from the blocks; or, while there are none, from the head's chunk files and the time
  /// they span.
  OptionalDouble days(List<Block> blocks, long headBytes, long headMillis) {
    long newest = blocks.stream().mapToLong(b -> b.meta().to()).max().orElse(Long.MIN_VALUE);
    long from = Long.MAX_VALUE;
    long to = Long.MIN_VALUE;
    long size = 0;
    for (Block block : blocks) {
      BlockMeta meta = block.meta();
      if (meta.to() > newest - RECENT_MILLIS) {
        size += meta.bytes();
        from = Math.min(from, meta.minTime());
        to = Math.max(to, meta.maxTime());
      }
    }
    long millis = size > 0 ? to - from : headMillis;
    size = size > 0 ? size : headBytes;
    if (millis < LEAST_MILLIS || size == 0) {
      return OptionalDouble.empty();
    }
    double bytesPerDay = size * DAY_MILLIS / millis;
    return OptionalDouble.of(Math.min(retention.toMillis() / DAY_MILLIS, bytes / bytesPerDay));
  }
}
