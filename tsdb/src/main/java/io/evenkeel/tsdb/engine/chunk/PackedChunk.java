package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.lang.foreign.MemorySegment;

/// A chunk in memory or in a mapped file, unpacked when it is read.
///
/// @param segment what it lies in
/// @param offset where its bytes begin
/// @param length how many they are
/// @param checksum their CRC32C
/// @param encoding how they are to be read
/// @param count how many samples they hold
/// @param minTime the first sample's time
/// @param maxTime the last sample's time
/// @param hidden deleted intervals, as [Intervals]
/// @param origin the file, for messages
public record PackedChunk(
    MemorySegment segment,
    long offset,
    int length,
    int checksum,
    Encoding encoding,
    int count,
    long minTime,
    long maxTime,
    long[] hidden,
    String origin)
    implements Run {

  /// This chunk with some intervals deleted.
  public PackedChunk withHidden(long[] intervals) {
    return new PackedChunk(
        segment, offset, length, checksum, encoding, count, minTime, maxTime, intervals, origin);
  }

  @Override
  public void read(ChunkLoader loader, long from, long to, SampleColumns into) {
    loader.shown(
        hidden,
        minTime,
        maxTime,
        into,
        columns -> decode(loader.load(segment, offset, length, checksum), from, to, columns),
        () -> "a chunk at byte " + offset + " of " + origin);
  }

  private void decode(ByteReader in, long from, long to, SampleColumns into) {
    switch (encoding) {
      case NUMBERS -> NumberCodec.decode(in, count, false, from, to, into);
      case NUMBERS_WITH_STARTS -> NumberCodec.decode(in, count, true, from, to, into);
      case HISTOGRAMS -> HistogramCodec.decode(in, count, from, to, into);
      case ROLLUPS -> throw new DamagedBytesException("rollups stand in packs only");
    }
  }
}
