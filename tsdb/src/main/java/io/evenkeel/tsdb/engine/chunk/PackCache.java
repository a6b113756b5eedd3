package io.evenkeel.tsdb.engine.chunk;

import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Packs that were read lately, since the series of a query lie side by side in them. Each has two
/// places where it may be; a newcomer takes the first that is free, or the second from whoever is
/// there. Safe for use by many threads.
public final class PackCache {
  /// Each takes about 20 KiB, all of them 10 MiB: a day of some hundred series, which a dashboard
  /// asks for again and again.
  private static final int SLOT_BITS = 9;

  private static final int SLOTS = 1 << SLOT_BITS;

  /// What stands before a pack's bytes: CRC32C and length.
  private static final int HEADER = 8;

  private record Entry(MemorySegment segment, long offset, Pack pack) {
    boolean is(MemorySegment otherSegment, long otherOffset) {
      return offset == otherOffset && segment.equals(otherSegment);
    }
  }

  /// Each brings a quarter of a megabyte of its own, which costs more than what it decompresses.
  private final ArrayBlockingQueue<ZstdJavaDecompressor> spare = new ArrayBlockingQueue<>(4);

  private final AtomicReferenceArray<@Nullable Entry> slots = new AtomicReferenceArray<>(SLOTS);

  /// The pack at an offset of a file, read if it is not here.
  Pack load(ChunkLoader loader, MemorySegment segment, long offset) {
    long mixed = mixed(segment, offset);
    int slot = (int) (mixed >>> (64 - SLOT_BITS));
    int other = (int) mixed & SLOTS - 1;
    Entry entry = slots.get(slot);
    if (entry == null || !entry.is(segment, offset)) {
      entry = slots.get(other);
    }
    if (entry != null && entry.is(segment, offset)) {
      return entry.pack;
    }
    ByteReader header = loader.load(segment, offset, HEADER);
    int checksum = header.i32();
    int length = header.i32();
    if (length < 0 || length > segment.byteSize() - offset - HEADER) {
      throw new DamagedBytesException("its length is wrong");
    }
    loader.load(segment, offset + HEADER, length, checksum);
    Pack pack = read(loader.bytes(), length);
    slots.set(slots.get(slot) == null ? slot : other, new Entry(segment, offset, pack));
    return pack;
  }

  private Pack read(byte[] bytes, int length) {
    ZstdJavaDecompressor kept = spare.poll();
    ZstdJavaDecompressor zstd = kept == null ? new ZstdJavaDecompressor() : kept;
    try {
      return Pack.read(bytes, length, zstd);
    } finally {
      spare.offer(zstd);
    }
  }

  /// Forgets the packs of a file that is closed.
  public void forget(MemorySegment segment) {
    for (int i = 0; i < SLOTS; i++) {
      Entry entry = slots.get(i);
      if (entry != null && entry.segment.equals(segment)) {
        slots.compareAndSet(i, entry, null);
      }
    }
  }

  private static long mixed(MemorySegment segment, long offset) {
    long mixed = (System.identityHashCode(segment) * 31L + offset) * 0x9E3779B97F4A7C15L;
    return mixed ^ mixed >>> 32;
  }
}
