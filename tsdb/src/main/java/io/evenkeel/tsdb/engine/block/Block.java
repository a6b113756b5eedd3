package io.evenkeel.tsdb.engine.block;

import io.evenkeel.model.Labels;
import io.evenkeel.model.Utf8Order;
import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import io.evenkeel.tsdb.engine.chunk.Encoding;
import io.evenkeel.tsdb.engine.chunk.Intervals;
import io.evenkeel.tsdb.engine.chunk.PackCache;
import io.evenkeel.tsdb.engine.chunk.PackedChunk;
import io.evenkeel.tsdb.engine.chunk.PackedRun;
import io.evenkeel.tsdb.engine.chunk.RollupRun;
import io.evenkeel.tsdb.engine.chunk.Run;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.disk.DiskFile;
import io.evenkeel.tsdb.engine.index.LabelIndex;
import io.evenkeel.tsdb.engine.index.Postings;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.MemoryBudget;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A sealed block, mapped.
///
/// Whoever reads it holds a reference ([#acquire], [#release]); the store holds one of its own.
/// When the last goes, the mapping ends, and the directory too if the block was retired. Every part
/// is compared with its checksum when it is read. Safe for use by many threads.
public final class Block implements LabelIndex {
  /// How the name of a block ends while it is written.
  public static final String UNFINISHED = ".unfinished";

  private static final Logger LOG = LoggerFactory.getLogger(Block.class);
  private static final String TOMBSTONES = "tombstones";
  private static final int POSTING_ENTRY = 28;

  /// What a selected series takes, about.
  private static final int SELECTED_BYTES = 500;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final RoaringBitmap NONE = new RoaringBitmap();

  private final Disk disk;
  private final Path directory;
  private final BlockMeta meta;
  private final Arena arena;
  private final PackCache packs;
  private final MemorySegment chunks;
  private final MemorySegment series;
  private final MemorySegment symbols;
  private final MemorySegment postings;
  private final AtomicInteger references = new AtomicInteger(1);
  private volatile boolean retired;
  private volatile Map<Integer, long[]> tombstones = Map.of();

  private Block(Disk disk, Path directory, BlockMeta meta, Arena arena, PackCache packs)
      throws IOException {
    this.disk = disk;
    this.directory = directory;
    this.meta = meta;
    this.arena = arena;
    this.packs = packs;
    this.chunks = part("chunks");
    this.series = part("series");
    this.symbols = part("symbols");
    this.postings = part("postings");
  }

  /// Opens a block's directory.
  ///
  /// @param packs where what was read lately is kept, for all blocks together
  ///
  /// @throws StorageException when it is damaged
  // The arena is the block's; the last release closes it.
  @SuppressWarnings("MustBeClosedChecker")
  public static Block open(Disk disk, Path directory, PackCache packs) throws IOException {
    Arena arena = Arena.ofShared();
    boolean done = false;
    try {
      MemorySegment bytes = disk.map(directory.resolve(BlockMeta.FILE), arena);
      BlockMeta meta = BlockMeta.decode(bytes.toArray(ValueLayout.JAVA_BYTE));
      Block block = new Block(disk, directory, meta, arena, packs);
      block.tombstones = block.readTombstones();
      done = true;
      return block;
    } catch (DamagedBytesException
        | IndexOutOfBoundsException
        | NumberFormatException
        | InternalError e) {
      throw new StorageException(
          "the block "
              + directory
              + " cannot be opened ("
              + e.getMessage()
              + "); the other blocks can be read; restore it from a backup or move it away",
          e);
    } finally {
      if (!done) {
        arena.close();
      }
    }
  }

  private MemorySegment part(String name) throws IOException {
    MemorySegment mapped = disk.map(directory.resolve(name), arena);
    Long size = meta.sizes().get(name);
    if (size == null || mapped.byteSize() != size) {
      throw new DamagedBytesException(
          "the file '" + name + "' has " + mapped.byteSize() + " bytes, " + size + " were written");
    }
    return mapped;
  }

  public BlockMeta meta() {
    return meta;
  }

  public Path directory() {
    return directory;
  }

  // ---- references ----

  /// Takes a reference, or answers false when the last one is gone.
  public boolean acquire() {
    int count = references.get();
    while (count > 0 && !references.compareAndSet(count, count + 1)) {
      count = references.get();
    }
    return count > 0;
  }

  /// Gives a reference back; with the last one the mapping ends.
  public void release() {
    if (references.decrementAndGet() == 0) {
      packs.forget(chunks);
      arena.close();
      if (retired) {
        try {
          // Under a name that the next start deletes, should this be cut short.
          Path leaving = directory.resolveSibling(directory.getFileName() + UNFINISHED);
          disk.rename(directory, leaving);
          disk.delete(leaving);
        } catch (IOException e) {
          LOG.warn("the retired block {} could not be deleted: {}", directory, e.toString());
        }
      }
    }
  }

  /// Lets the directory go with the last reference, and gives the store's own reference back.
  public void retire() {
    retired = true;
    release();
  }

  // ---- deletion ----

  /// Hides a closed interval of matching series' samples, durably, and answers their labels.
  public List<Labels> delete(List<Matcher> matchers, long from, long to) throws IOException {
    Map<Integer, long[]> more = new HashMap<>(tombstones);
    List<Labels> affected = new ArrayList<>();
    IntIterator each = Postings.select(this, matchers).getIntIterator();
    while (each.hasNext()) {
      int number = each.next();
      affected.add(entry(number).labels());
      more.merge(number, new long[] {from, to}, (a, b) -> Intervals.add(a, b[0], b[1]));
    }
    if (!affected.isEmpty() && from <= meta.maxTime() && to >= meta.minTime()) {
      writeTombstones(more);
      tombstones = Map.copyOf(more);
    }
    return affected;
  }

  private void writeTombstones(Map<Integer, long[]> all) throws IOException {
    ByteWriter out = new ByteWriter(256);
    out.varint(all.size());
    all.forEach((number, intervals) -> {
      out.varint(number);
      out.varint(intervals.length);
      for (long time : intervals) {
        out.zigzag(time);
      }
    });
    out.i32(checksum(out.array(), 0, out.size()));
    Path unfinished = directory.resolve(TOMBSTONES + UNFINISHED);
    disk.delete(unfinished);
    try (DiskFile file = disk.create(unfinished)) {
      file.write(ByteBuffer.wrap(out.array(), 0, out.size()));
      file.force();
    }
    disk.rename(unfinished, directory.resolve(TOMBSTONES));
    disk.forceDirectory(directory);
  }

  private Map<Integer, long[]> readTombstones() throws IOException {
    Path file = directory.resolve(TOMBSTONES);
    if (!disk.list(directory).contains(file)) {
      return Map.of();
    }
    byte[] bytes = disk.map(file, arena).toArray(ValueLayout.JAVA_BYTE);
    if (bytes.length < 4
        || checksum(bytes, 0, bytes.length - 4)
            != new ByteReader(bytes, bytes.length - 4, 4).i32()) {
      throw new DamagedBytesException("the file 'tombstones' is damaged");
    }
    ByteReader in = new ByteReader(bytes, 0, bytes.length - 4);
    Map<Integer, long[]> all = new HashMap<>();
    for (int count = in.size(in.remaining()); count > 0; count--) {
      int number = in.size(Integer.MAX_VALUE);
      long[] intervals = new long[in.size(in.remaining())];
      for (int i = 0; i < intervals.length; i++) {
        intervals[i] = in.zigzag();
      }
      all.put(number, intervals);
    }
    return Map.copyOf(all);
  }

  /// Whether something of it was deleted, which the next compaction takes out.
  public boolean hasTombstones() {
    return !tombstones.isEmpty();
  }

  // ---- reading ----

  /// The matching series, sorted by labels.
  ///
  /// @throws io.evenkeel.tsdb.storage.BudgetExceededException when they are too many for the budget
  public List<BlockSeries> select(List<Matcher> matchers, MemoryBudget budget) {
    RoaringBitmap matching = Postings.select(this, matchers);
    List<BlockSeries> selected = new ArrayList<>(matching.getCardinality());
    IntIterator each = matching.getIntIterator();
    while (each.hasNext()) {
      budget.reserve(SELECTED_BYTES);
      selected.add(entry(each.next()));
    }
    return selected;
  }

  /// The series of exactly these labels, or null. Series are sorted, so it is found by halving.
  public @Nullable BlockSeries find(Labels labels) {
    int low = 0;
    int high = meta.series() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      BlockSeries candidate = entry(middle);
      int order = candidate.labels().compareTo(labels);
      if (order == 0) {
        return candidate;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  private BlockSeries entry(int number) {
    byte[] bytes =
        record(series, series.byteSize() - 8L * meta.series(), number, meta.series(), "series");
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    if (in.varint() != number) {
      throw damaged("series", "entry " + number + " is another one");
    }
    String[] pairs = new String[2 * in.size(in.remaining())];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = symbol(in.size(meta.symbols() - 1));
    }
    int at = in.position();
    return new BlockSeries(Labels.ofSorted(pairs), this, number, bytes, at);
  }

  /// A series' chunks that may have samples in a closed interval.
  void runs(int number, byte[] entry, int at, long from, long to, List<Run> into) {
    long[] hidden = tombstones.getOrDefault(number, Intervals.NONE);
    ByteReader in = new ByteReader(entry, at, entry.length - at);
    long base = in.varint();
    String origin = directory.resolve("chunks").toString();
    for (int count = in.size(in.remaining()); count > 0; count--) {
      Encoding encoding = Encoding.of(in.u8());
      long offset = base + in.varint();
      int size = in.size(Integer.MAX_VALUE);
      boolean histograms = encoding == Encoding.HISTOGRAMS;
      int checksum = histograms ? in.i32() : 0;
      int samples = histograms ? in.size(Integer.MAX_VALUE) : 0;
      long min = meta.from() + in.zigzag();
      long max = min + in.varint();
      if (min > to || max < from) {
        continue;
      }
      into.add(
          switch (encoding) {
            case HISTOGRAMS ->
                new PackedChunk(
                    chunks, offset, size, checksum, encoding, samples, min, max, hidden, origin);
            case ROLLUPS ->
                new RollupRun(
                    packs, chunks, offset, size, meta.bucketMillis(), min, max, hidden, origin);
            case NUMBERS, NUMBERS_WITH_STARTS ->
                new PackedRun(
                    packs,
                    chunks,
                    offset,
                    size,
                    encoding == Encoding.NUMBERS_WITH_STARTS,
                    min,
                    max,
                    hidden,
                    origin);
          });
    }
  }

  /// The checked bytes of one entry of a file that ends with a table of offsets.
  private byte[] record(MemorySegment file, long table, int number, int count, String name) {
    if (number < 0 || number >= count) {
      throw damaged(name, "there is no entry " + number);
    }
    try {
      long offset = file.get(LONG, table + 8L * number);
      int checksum = file.get(INT, offset);
      int length = file.get(INT, offset + 4);
      if (length < 0 || length > table - offset - 8) {
        throw damaged(name, "entry " + number + " is damaged");
      }
      byte[] bytes = file.asSlice(offset + 8, length).toArray(ValueLayout.JAVA_BYTE);
      if (checksum(bytes, 0, length) != checksum) {
        throw damaged(name, "the checksum of entry " + number + " is wrong");
      }
      return bytes;
    } catch (IndexOutOfBoundsException | InternalError e) {
      throw damaged(name, String.valueOf(e.getMessage()));
    }
  }

  private StorageException damaged(String file, String problem) {
    return new StorageException(
        "the file "
            + directory.resolve(file)
            + " is damaged ("
            + problem
            + "); the other blocks can be read; restore it from a backup");
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  // ---- the label index ----

  private String symbol(int number) {
    byte[] bytes =
        record(
            symbols, symbols.byteSize() - 8L * meta.symbols(), number, meta.symbols(), "symbols");
    ByteReader in = new ByteReader(bytes, 0, bytes.length);
    if (in.varint() != number) {
      throw damaged("symbols", "entry " + number + " is another one");
    }
    return in.string();
  }

  /// The number of a symbol, or -1.
  private int symbolNumber(String text) {
    int low = 0;
    int high = meta.symbols() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Utf8Order.INSTANCE.compare(symbol(middle), text);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  /// The checked bytes of an entry of the table of postings.
  private ByteReader posting(int at) {
    long offset =
        postings.byteSize() - (long) POSTING_ENTRY * meta.postings() + (long) POSTING_ENTRY * at;
    try {
      byte[] bytes = postings.asSlice(offset, POSTING_ENTRY).toArray(ValueLayout.JAVA_BYTE);
      ByteReader in = new ByteReader(bytes, 0, POSTING_ENTRY);
      if (new ByteReader(bytes, POSTING_ENTRY - 4, 4).i32()
          != checksum(bytes, 0, POSTING_ENTRY - 4)) {
        throw damaged("postings", "the checksum of entry " + at + " is wrong");
      }
      return in;
    } catch (IndexOutOfBoundsException | InternalError e) {
      throw damaged("postings", String.valueOf(e.getMessage()));
    }
  }

  private RoaringBitmap bitmap(ByteReader entry) {
    long offset = entry.i64();
    int length = entry.i32();
    int checksum = entry.i32();
    try {
      byte[] bytes = postings.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
      if (checksum(bytes, 0, length) != checksum) {
        throw damaged("postings", "the checksum of a bitmap is wrong");
      }
      RoaringBitmap bitmap = new RoaringBitmap();
      bitmap.deserialize(new DataInputStream(new ByteArrayInputStream(bytes)));
      return bitmap;
    } catch (IndexOutOfBoundsException | IOException | InternalError e) {
      throw damaged("postings", String.valueOf(e.getMessage()));
    }
  }

  /// The first entry of the table whose pair is at least this one; the entry before all pairs is of
  /// all series.
  private int postingAt(long pair) {
    int low = 1;
    int high = meta.postings();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (posting(middle).i64() < pair) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public RoaringBitmap all() {
    ByteReader entry = posting(0);
    entry.i64();
    return bitmap(entry);
  }

  @Override
  public RoaringBitmap with(String name, String value) {
    int nameNumber = symbolNumber(name);
    int valueNumber = nameNumber < 0 ? -1 : symbolNumber(value);
    if (valueNumber < 0) {
      return NONE;
    }
    long pair = (long) nameNumber << 32 | valueNumber;
    int at = postingAt(pair);
    if (at >= meta.postings()) {
      return NONE;
    }
    ByteReader entry = posting(at);
    return entry.i64() == pair ? bitmap(entry) : NONE;
  }

  @Override
  public void forEachValue(String name, BiConsumer<String, RoaringBitmap> consumer) {
    int number = symbolNumber(name);
    if (number < 0) {
      return;
    }
    for (int at = postingAt((long) number << 32); at < meta.postings(); at++) {
      ByteReader entry = posting(at);
      long pair = entry.i64();
      if (pair >>> 32 != number) {
        return;
      }
      consumer.accept(symbol((int) pair), bitmap(entry));
    }
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    int at = 1;
    while (at < meta.postings()) {
      long name = posting(at).i64() >>> 32;
      names.add(symbol((int) name));
      at = postingAt((name + 1) << 32);
    }
    return names;
  }
}
