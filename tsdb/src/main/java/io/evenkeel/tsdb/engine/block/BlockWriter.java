package io.evenkeel.tsdb.engine.block;

import io.evenkeel.model.Labels;
import io.evenkeel.model.Utf8Order;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.chunk.ChunkBuilder;
import io.evenkeel.tsdb.engine.chunk.Encoding;
import io.evenkeel.tsdb.engine.chunk.PackWriter;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.storage.Resolution;
import io.evenkeel.tsdb.storage.RollupColumns;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// Writes a block: beside its place, forced to disk, then renamed into it.
///
/// Files of a block, all little-endian:
///
/// - `chunks`: the samples, one series after the other: packs of runs of numbers, each with its
///   CRC32C and length before it, and chunks of histograms;
/// - `series`: an entry per series in the order of their labels (CRC32C, length, then its number,
///   label pairs and chunks), then the entries' offsets;
/// - `symbols`: every label name and value once, sorted (CRC32C, length, number, text), then their
///   offsets;
/// - `postings`: per label pair a Roaring bitmap of series, then a table (name, value, offset,
///   length, the bitmap's CRC32C, the entry's CRC32C) sorted by pair; the first is of all series;
/// - `meta`: [BlockMeta], with the size and checksum of each file above.
///
/// Symbols are numbered in a first pass over the series' labels, so memory does not grow with the
/// samples.
public final class BlockWriter {
  /// Samples in a run, about: long ones pack well, short ones are quick to step into.
  private static final int RUN_SAMPLES = 4096;

  private static final int HISTOGRAM_CHUNK_SAMPLES = 960;
  private static final int HISTOGRAM_CHUNK_BYTES = 8 * 1024;

  /// What is to be written.
  ///
  /// @param sequence see [BlockMeta]
  /// @param from the begin of the range, epoch milliseconds
  /// @param to the end of the range, not in it
  /// @param headFile see [BlockMeta]
  /// @param replaces see [BlockMeta]
  public record Plan(int sequence, long from, long to, int headFile, List<Integer> replaces) {}

  /// Writes one series' part of a block.
  @FunctionalInterface
  private interface Content {
    void write(Series one, Parts parts) throws IOException;
  }

  private final Disk disk;
  private final Path directory;
  private final TreeMap<String, Integer> symbols = new TreeMap<>(Utf8Order.INSTANCE);
  private final CRC32C crc = new CRC32C();
  private final PackWriter pack = new PackWriter();
  private final ByteWriter packed = new ByteWriter(16 * 1024);
  private long samples;
  private long minTime = Long.MAX_VALUE;
  private long maxTime = Long.MIN_VALUE;

  private BlockWriter(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /// The name of a block's directory.
  static String name(Plan plan) {
    return "b%08d-%d-%d".formatted(plan.sequence(), plan.from(), plan.to());
  }

  /// The sequence that a block's directory name tells; 0 when it is not the name of a block.
  public static int sequence(String name) {
    return name.matches("b\\d{8,9}-.*")
        ? Integer.parseInt(name.substring(1, name.indexOf('-')))
        : 0;
  }

  /// Writes the samples of a range of some series, sorted by labels, into a directory of blocks and
  /// answers the new block's directory; null when there are no samples.
  public static @Nullable Path write(
      Disk disk, Path blocks, Plan plan, List<? extends Series> series) throws IOException {
    return write(
        disk, blocks, plan, 0, List.of(), series, (one, parts) -> parts.samples(one, plan));
  }

  /// Writes the rollups of some series whose buckets end in a range; see [#write].
  ///
  /// @param sources see [BlockMeta]
  public static @Nullable Path writeRollups(
      Disk disk,
      Path blocks,
      Plan plan,
      Resolution resolution,
      List<Integer> sources,
      List<? extends Series> series)
      throws IOException {
    return write(
        disk,
        blocks,
        plan,
        resolution.millis(),
        sources,
        series,
        (one, parts) -> {
          RollupColumns rollups = new RollupColumns();
          one.rollups(resolution, plan.from, plan.to - 1, rollups);
          parts.rollups(rollups, resolution);
        });
  }

  private static @Nullable Path write(
      Disk disk,
      Path blocks,
      Plan plan,
      long bucketMillis,
      List<Integer> sources,
      List<? extends Series> series,
      Content content)
      throws IOException {
    Path unfinished = blocks.resolve(name(plan) + Block.UNFINISHED);
    disk.delete(unfinished);
    disk.createDirectories(unfinished);
    boolean done = false;
    try {
      BlockWriter writer = new BlockWriter(disk, unfinished);
      if (!writer.write(plan, bucketMillis, sources, series, content)) {
        return null;
      }
      disk.forceDirectory(unfinished);
      Path finished = blocks.resolve(name(plan));
      disk.rename(unfinished, finished);
      disk.forceDirectory(blocks);
      done = true;
      return finished;
    } finally {
      if (!done) {
        disk.delete(unfinished);
      }
    }
  }

  private boolean write(
      Plan plan,
      long bucketMillis,
      List<Integer> sources,
      List<? extends Series> series,
      Content content)
      throws IOException {
    for (Series one : series) {
      Labels labels = one.labels();
      for (int i = 0; i < labels.size(); i++) {
        symbols.put(labels.name(i), 0);
        symbols.put(labels.value(i), 0);
      }
    }
    int number = 0;
    for (Map.Entry<String, Integer> symbol : symbols.entrySet()) {
      symbol.setValue(number++);
    }
    Map<String, Long> sizes = new TreeMap<>();
    Map<String, Long> checksums = new TreeMap<>();
    TreeMap<Long, RoaringBitmap> postings = new TreeMap<>();
    int written = 0;
    try (BlockFile chunks = file("chunks");
        BlockFile entries = file("series")) {
      ByteWriter offsets = new ByteWriter(1024);
      for (Series one : series) {
        if (writeSeries(one, written, plan, content, chunks, entries, offsets)) {
          index(one.labels(), written++, postings);
        }
      }
      writePack(chunks);
      entries.buffer().put(offsets.array(), 0, offsets.size());
      finish("chunks", chunks, sizes, checksums);
      finish("series", entries, sizes, checksums);
    }
    if (written == 0) {
      return false;
    }
    try (BlockFile file = file("symbols")) {
      writeSymbols(file);
      finish("symbols", file, sizes, checksums);
    }
    try (BlockFile file = file("postings")) {
      RoaringBitmap all = new RoaringBitmap();
      all.add(0L, written);
      writePostings(all, postings, file);
      finish("postings", file, sizes, checksums);
    }
    BlockMeta meta =
        new BlockMeta(
            plan.sequence,
            plan.from,
            plan.to,
            minTime,
            maxTime,
            written,
            symbols.size(),
            postings.size() + 1,
            samples,
            plan.headFile,
            plan.replaces,
            bucketMillis,
            sources,
            sizes,
            checksums);
    try (BlockFile file = file(BlockMeta.FILE)) {
      byte[] bytes = meta.encode();
      file.buffer().put(bytes, 0, bytes.length);
      file.force();
    }
    return true;
  }

  private BlockFile file(String name) throws IOException {
    return new BlockFile(disk, directory.resolve(name));
  }

  private static void finish(
      String name, BlockFile file, Map<String, Long> sizes, Map<String, Long> checksums)
      throws IOException {
    file.force();
    sizes.put(name, file.position());
    checksums.put(name, file.checksum());
  }

  private boolean writeSeries(
      Series one,
      int number,
      Plan plan,
      Content content,
      BlockFile chunks,
      BlockFile entries,
      ByteWriter offsets)
      throws IOException {
    Parts parts = new Parts(chunks, plan.from);
    content.write(one, parts);
    if (parts.count == 0) {
      return false;
    }
    Labels labels = one.labels();
    ByteWriter entry = new ByteWriter(256);
    entry.varint(number);
    entry.varint(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      entry.varint(symbol(labels.name(i)));
      entry.varint(symbol(labels.value(i)));
    }
    entry.varint(parts.base);
    entry.varint(parts.count);
    entry.put(parts.list.array(), 0, parts.list.size());
    offsets.i64(entries.position());
    entries.buffer().i32(checksum(entry.array(), entry.size()));
    entries.buffer().i32(entry.size());
    entries.buffer().put(entry.array(), 0, entry.size());
    entries.flushIfLarge();
    return true;
  }

  /// Writes one series' samples, runs of numbers into packs that its neighbours share, and lists
  /// where they went.
  private final class Parts {
    private final BlockFile chunks;
    private final long from;
    private final long base;
    private final ByteWriter list = new ByteWriter(256);
    private int count;

    Parts(BlockFile chunks, long from) {
      this.chunks = chunks;
      this.from = from;
      this.base = chunks.position();
    }

    void samples(Series one, Plan plan) throws IOException {
      SampleColumns columns = new SampleColumns(RUN_SAMPLES);
      SampleCursor cursor = one.samples(plan.from, plan.to - 1);
      while (cursor.read(columns, RUN_SAMPLES) > 0) {
        if (columns.size() >= RUN_SAMPLES) {
          add(columns);
          columns.clear();
        }
      }
      add(columns);
    }

    void rollups(RollupColumns rollups, Resolution resolution) throws IOException {
      if (rollups.size() > 0) {
        long min = rollups.end(0) - resolution.millis() + 1;
        part(Encoding.ROLLUPS, pack.add(rollups), min, rollups.end(rollups.size() - 1));
        samples += rollups.size();
      }
    }

    private void add(SampleColumns columns) throws IOException {
      int begin = 0;
      while (begin < columns.size()) {
        boolean histograms = columns.histogram(begin) != null;
        boolean starts = false;
        int end = begin;
        while (end < columns.size() && columns.histogram(end) != null == histograms) {
          starts |= columns.startTime(end) != 0;
          end++;
        }
        if (histograms) {
          histograms(columns, begin, end);
        } else {
          run(columns, begin, end, starts);
        }
        begin = end;
      }
    }

    private void run(SampleColumns columns, int begin, int end, boolean starts) throws IOException {
      part(
          starts ? Encoding.NUMBERS_WITH_STARTS : Encoding.NUMBERS,
          pack.add(columns, begin, end, starts),
          columns.times()[begin],
          columns.times()[end - 1]);
      samples += end - begin;
    }

    private void part(Encoding encoding, int run, long min, long max) throws IOException {
      list.u8(encoding.ordinal());
      list.varint(chunks.position() - base);
      list.varint(run);
      times(min, max);
      count++;
      if (pack.isFull()) {
        writePack(chunks);
      }
    }

    private void histograms(SampleColumns columns, int begin, int end) throws IOException {
      writePack(chunks);
      ChunkBuilder builder = new ChunkBuilder(HISTOGRAM_CHUNK_SAMPLES, HISTOGRAM_CHUNK_BYTES);
      builder.add(columns, begin, end, this::histogramChunk);
      builder.finish(this::histogramChunk);
      chunks.flushIfLarge();
    }

    private void histogramChunk(
        Encoding encoding, int n, long min, long max, byte[] bytes, int length) {
      list.u8(encoding.ordinal());
      list.varint(chunks.position() - base);
      list.varint(length);
      list.i32(checksum(bytes, length));
      list.varint(n);
      times(min, max);
      samples += n;
      count++;
      chunks.buffer().put(bytes, 0, length);
    }

    private void times(long min, long max) {
      list.zigzag(min - from);
      list.varint(max - min);
      minTime = Math.min(minTime, min);
      maxTime = Math.max(maxTime, max);
    }
  }

  private void writePack(BlockFile chunks) throws IOException {
    if (!pack.isEmpty()) {
      packed.clear();
      pack.finish(packed);
      chunks.buffer().i32(checksum(packed.array(), packed.size()));
      chunks.buffer().i32(packed.size());
      chunks.buffer().put(packed.array(), 0, packed.size());
      chunks.flushIfLarge();
    }
  }

  private int checksum(byte[] bytes, int length) {
    crc.reset();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private int symbol(String text) {
    Integer number = symbols.get(text);
    if (number == null) {
      throw new IllegalStateException("a series changed its labels while it was written: " + text);
    }
    return number;
  }

  private void index(Labels labels, int series, TreeMap<Long, RoaringBitmap> postings) {
    for (int i = 0; i < labels.size(); i++) {
      long pair = (long) symbol(labels.name(i)) << 32 | symbol(labels.value(i));
      postings.computeIfAbsent(pair, _ -> new RoaringBitmap()).add(series);
    }
  }

  private void writeSymbols(BlockFile file) throws IOException {
    ByteWriter offsets = new ByteWriter(1024);
    ByteWriter entry = new ByteWriter(256);
    int number = 0;
    for (String text : symbols.keySet()) {
      offsets.i64(file.position());
      entry.clear();
      entry.varint(number++);
      entry.string(text);
      file.buffer().i32(checksum(entry.array(), entry.size()));
      file.buffer().i32(entry.size());
      file.buffer().put(entry.array(), 0, entry.size());
      file.flushIfLarge();
    }
    file.buffer().put(offsets.array(), 0, offsets.size());
  }

  private void writePostings(
      RoaringBitmap all, TreeMap<Long, RoaringBitmap> postings, BlockFile file) throws IOException {
    ByteWriter table = new ByteWriter(1024);
    writePosting(-1, all, file, table);
    for (Map.Entry<Long, RoaringBitmap> entry : postings.entrySet()) {
      writePosting(entry.getKey(), entry.getValue(), file, table);
    }
    file.buffer().put(table.array(), 0, table.size());
  }

  private void writePosting(long pair, RoaringBitmap series, BlockFile file, ByteWriter table)
      throws IOException {
    series.runOptimize();
    ByteWriter bytes = new ByteWriter(series.serializedSizeInBytes());
    DataOutput out =
        new DataOutputStream(
            new OutputStream() {
              @Override
              public void write(int b) {
                bytes.u8(b);
              }

              @Override
              public void write(byte[] from, int offset, int length) {
                bytes.put(from, offset, length);
              }
            });
    series.serialize(out);
    ByteWriter entry = new ByteWriter(32);
    entry.i64(pair);
    entry.i64(file.position());
    entry.i32(bytes.size());
    entry.i32(checksum(bytes.array(), bytes.size()));
    table.put(entry.array(), 0, entry.size());
    table.i32(checksum(entry.array(), entry.size()));
    file.buffer().put(bytes.array(), 0, bytes.size());
    file.flushIfLarge();
  }
}
