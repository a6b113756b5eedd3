package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import io.evenkeel.tsdb.storage.RollupColumns;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.lang.foreign.MemorySegment;

/// One series' rollups in a pack of a block; read as samples, they are the last of each bucket.
///
/// @param cache where packs are kept for the neighbours
/// @param segment the file
/// @param offset where the pack begins
/// @param run which of its runs it is
/// @param bucketMillis how long a bucket is
/// @param minTime a time at or before the first sample that was rolled up
/// @param maxTime the end of the last bucket, or before it to answer fewer samples
/// @param hidden deleted intervals, as [Intervals]; a bucket with any of such a time is hidden
///   whole
/// @param origin the file, for messages
public record RollupRun(
    PackCache cache,
    MemorySegment segment,
    long offset,
    int run,
    long bucketMillis,
    long minTime,
    long maxTime,
    long[] hidden,
    String origin)
    implements Run {

  /// The same, answering samples only before a time.
  public RollupRun before(long time) {
    return new RollupRun(
        cache,
        segment,
        offset,
        run,
        bucketMillis,
        minTime,
        Math.min(maxTime, time - 1),
        hidden,
        origin);
  }

  /// Appends the buckets whose ends lie in a closed interval.
  ///
  /// @throws io.evenkeel.tsdb.storage.StorageException when they cannot be read
  public void read(ChunkLoader loader, long from, long to, RollupColumns into) {
    try {
      if (hidden.length == 0) {
        cache.load(loader, segment, offset).decode(run, loader, from, to, into);
        return;
      }
      RollupColumns all = new RollupColumns();
      cache.load(loader, segment, offset).decode(run, loader, from, to, all);
      for (int i = 0; i < all.size(); i++) {
        if (!Intervals.overlap(hidden, all.end(i) - bucketMillis + 1, all.end(i))) {
          into.addFrom(all, i);
        }
      }
    } catch (DamagedBytesException | IndexOutOfBoundsException e) {
      throw ChunkLoader.damaged("a pack of rollups at byte " + offset + " of " + origin, e);
    }
  }

  @Override
  public void read(ChunkLoader loader, long from, long to, SampleColumns into) {
    RollupColumns buckets = new RollupColumns();
    long end = to > Long.MAX_VALUE - bucketMillis ? to : to + bucketMillis;
    read(loader, from, end, buckets);
    long last = Math.min(to, maxTime);
    for (int i = 0; i < buckets.size(); i++) {
      long time = buckets.lastTime(i);
      if (buckets.count(i) > 0 && time >= from && time <= last) {
        into.add(time, Double.doubleToRawLongBits(buckets.last(i)), 0);
      }
      // The marker came after the last number; where in the bucket is not kept.
      long marked = buckets.end(i);
      if (buckets.staleAtEnd(i) && marked > time && marked >= from && marked <= last) {
        into.add(marked, StaleMarker.BITS, 0);
      }
    }
  }
}
