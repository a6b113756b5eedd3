package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.tsdb.storage.SampleColumns;
import java.lang.foreign.MemorySegment;

/// One series' run in a pack of a block, unpacked when it is read.
///
/// @param cache where packs are kept for the neighbours
/// @param segment the file
/// @param offset where the pack begins: CRC32C, length, bytes
/// @param run which of its runs it is
/// @param withStarts whether it has start times
/// @param minTime the first sample's time
/// @param maxTime the last sample's time
/// @param hidden deleted intervals, as [Intervals]
/// @param origin the file, for messages
public record PackedRun(
    PackCache cache,
    MemorySegment segment,
    long offset,
    int run,
    boolean withStarts,
    long minTime,
    long maxTime,
    long[] hidden,
    String origin)
    implements Run {
  @Override
  public void read(ChunkLoader loader, long from, long to, SampleColumns into) {
    loader.shown(
        hidden,
        minTime,
        maxTime,
        into,
        columns ->
            cache.load(loader, segment, offset).decode(run, withStarts, loader, from, to, columns),
        () -> "a pack at byte " + offset + " of " + origin);
  }
}
