package io.evenkeel.tsdb.engine.head;

import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.LabelHash;
import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.chunk.ChunkBuilder;
import io.evenkeel.tsdb.engine.chunk.ChunkLoader;
import io.evenkeel.tsdb.engine.chunk.Encoding;
import io.evenkeel.tsdb.engine.chunk.HistogramCodec;
import io.evenkeel.tsdb.engine.chunk.Intervals;
import io.evenkeel.tsdb.engine.chunk.LooseSamples;
import io.evenkeel.tsdb.engine.chunk.NumberCodec;
import io.evenkeel.tsdb.engine.chunk.PackedChunk;
import io.evenkeel.tsdb.engine.chunk.Run;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.head.HeadSeries.Deletion;
import io.evenkeel.tsdb.engine.index.LabelIndex;
import io.evenkeel.tsdb.engine.index.Postings;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.MemoryBudget;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The samples that are not in a block yet.
///
/// Layout: a series is a number (its row) into columns of primitives; there is no object per
/// series. Its label bytes lie in slabs, the chunk that it fills in a chain. A full chunk, or one
/// that would cross a block window, goes to the chunk files and so leaves the heap. Rows are used
/// again after a series left; the id that log and files know it by never is.
///
/// A sample newer than the series' newest is packed at once. An older one is compared with what is
/// stored at its time, in the head or in a block, and then kept beside until it fills a chunk of
/// its own; chunks of one series may so overlap, and are merged by the reader.
///
/// Concurrency: [#lock] guards everything but the label index, which has its own. The methods say
/// when the caller must hold it.
public final class Head {
  /// Finds what blocks hold of a series.
  @FunctionalInterface
  public interface SealedRuns {
    void find(Labels labels, long from, long to, List<Run> into);
  }

  /// The answer of [#row] for labels that name no series here.
  public static final int UNKNOWN = SeriesNames.UNKNOWN;

  /// Chunks end after 176 to 303 samples, each series at its own number, so that series that began
  /// together do not fill the memory with ended chunks at one moment.
  private static final int LEAST_CHUNK_SAMPLES = 176;

  private static final int CHUNK_SAMPLES_BITS = 7;
  private static final int CHUNK_BYTES = 2048;
  private static final int HISTOGRAM_CHUNK_BYTES = 8 * 1024;

  /// The most bytes that a histogram may take, so that no chunk has more than 64 KiB.
  public static final int MAX_HISTOGRAM_BYTES = 64 * 1024 - HISTOGRAM_CHUNK_BYTES - 64;

  /// What a selected series takes, about, without the copy of its open chunk.
  private static final int SELECTED_BYTES = 400;

  private static final int LATE_SAMPLES = 256;
  private static final int NOT_OPEN = -1;
  private static final byte LAST_KNOWN = 1;

  private static final Logger LOG = LoggerFactory.getLogger(Head.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Path directory;
  private final ChunkFiles files;
  private final SeriesNames names = new SeriesNames();
  private final HeadIndex index = new HeadIndex();
  private final SeriesSources sources = new SeriesSources();
  private final SealedRuns sealedRuns;
  private SealedWindows sealed;

  private int rows;
  private int[] freeRows = new int[0];
  private int freeCount;
  private int nextId = 1;
  private long newSeriesFloor = Long.MIN_VALUE;
  private long lastWindow;
  private long minTime = Long.MAX_VALUE;
  private long maxTime = Long.MIN_VALUE;

  // One entry per row.
  private int[] ids = new int[256];
  private byte[] flags = new byte[256];
  private long[] lastTime = new long[256];
  private long[] lastBits = new long[256];
  private long[] newestChunk = new long[256];
  private byte[] openEncoding = new byte[256];
  private byte[] openScale = new byte[256];
  private short[] openCount = new short[256];
  private int[] openSize = new int[256];
  private int[] openLast = new int[256];
  private long[] openMin = new long[256];
  private long[] openStep = new long[256];
  private long[] openStart = new long[256];

  // What only few rows have.
  private final Map<Integer, NativeHistogram> lastHistogram = new HashMap<>();
  private final Map<Integer, LateSamples> late = new HashMap<>();
  private final Map<Integer, List<Deletion>> deleted = new HashMap<>();

  private final ByteChains chains = new ByteChains();
  private final NumberCodec.State state = new NumberCodec.State();
  private final ByteWriter scratch = new ByteWriter(1024);
  private final byte[] oneSample = new byte[NumberCodec.MAX_SAMPLE_BYTES];
  private final ChunkLoader loader = new ChunkLoader();
  private final SampleColumns found = new SampleColumns(256);
  private final CRC32C crc = new CRC32C();

  /// What a checkpoint is writing at the moment.
  private @Nullable SeriesImage image;

  /// An empty head whose chunk files lie in a directory; the first one gets a number.
  public Head(
      Disk disk, Path directory, int firstFile, SealedWindows sealed, SealedRuns sealedRuns) {
    this.directory = directory;
    this.files = new ChunkFiles(disk, directory, firstFile);
    this.sealed = sealed;
    this.sealedRuns = sealedRuns;
  }

  /// What guards the head.
  public ReentrantLock lock() {
    return lock;
  }

  // ---- series; the caller holds the lock ----

  /// The row of a series by its encoded labels, or [#UNKNOWN].
  public int row(byte[] bytes, int offset, int length) {
    return names.find(bytes, offset, length, LabelHash.of(bytes, offset, length));
  }

  /// The row of a series by its encoded labels and their [LabelHash], or [#UNKNOWN].
  ///
  /// @param before the row of the series before it in its batch, or [#UNKNOWN]
  public int row(byte[] bytes, int offset, int length, long hash, int before) {
    return names.find(bytes, offset, length, hash, before);
  }

  /// The row of a series that is known by its canonical labels, to which another encoding leads
  /// from now on; or [#UNKNOWN].
  public int rowByAlias(byte[] canonical, byte[] bytes, int offset, int length) {
    int row = row(canonical, 0, canonical.length);
    if (row != UNKNOWN
        && !Arrays.equals(canonical, 0, canonical.length, bytes, offset, offset + length)) {
      names.addAlias(row, bytes, offset, length);
    }
    return row;
  }

  /// Adds a series that a source brought and answers its row.
  public int add(Labels labels, byte[] canonical, int source) {
    int row = add(nextId, labels, canonical);
    sources.claim(row, source);
    return row;
  }

  /// The number of a source, by which its series are counted.
  public int source(String name) {
    return sources.number(name);
  }

  /// How many series a source has brought.
  public int seriesOf(int source) {
    return sources.count(source);
  }

  /// Counts a series for the source that sends it, unless it is another's.
  public void claim(int row, int source) {
    sources.claim(row, source);
  }

  /// Whether any series has a label.
  public boolean knowsLabel(String name, String value) {
    return index.read(labels -> !labels.with(name, value).isEmpty());
  }

  /// Adds a series that had its id before a restart.
  public int add(int id, Labels labels, byte[] canonical) {
    int row = freeCount > 0 ? freeRows[--freeCount] : rows++;
    if (row == ids.length) {
      grow(2 * row);
    }
    if (image != null) {
      image.leaveOut(row);
    }
    ids[row] = id;
    nextId = Math.max(nextId, id + 1);
    flags[row] = 0;
    lastTime[row] = newSeriesFloor;
    lastBits[row] = 0;
    newestChunk[row] = ChunkFiles.NONE;
    openEncoding[row] = NOT_OPEN;
    names.add(row, canonical, 0, canonical.length);
    index.add(row, labels);
    return row;
  }

  private void grow(int capacity) {
    ids = Arrays.copyOf(ids, capacity);
    flags = Arrays.copyOf(flags, capacity);
    lastTime = Arrays.copyOf(lastTime, capacity);
    lastBits = Arrays.copyOf(lastBits, capacity);
    newestChunk = Arrays.copyOf(newestChunk, capacity);
    openEncoding = Arrays.copyOf(openEncoding, capacity);
    openScale = Arrays.copyOf(openScale, capacity);
    openCount = Arrays.copyOf(openCount, capacity);
    openSize = Arrays.copyOf(openSize, capacity);
    openLast = Arrays.copyOf(openLast, capacity);
    openMin = Arrays.copyOf(openMin, capacity);
    openStep = Arrays.copyOf(openStep, capacity);
    openStart = Arrays.copyOf(openStart, capacity);
  }

  /// The id by which the log knows a row's series.
  public int id(int row) {
    return ids[row];
  }

  /// Ids below this one may have been given out.
  public int nextId() {
    return nextId;
  }

  /// Ids are given out from this one on, since lower ones were seen.
  public void reserveIds(int next) {
    nextId = Math.max(nextId, next);
  }

  public int seriesCount() {
    return rows - freeCount;
  }

  private Labels labels(int row) {
    try {
      return LabelBytes.decode(names.bytes(row), names.offset(row), names.length(row));
    } catch (InvalidLabelsException e) {
      throw new IllegalStateException("labels that were checked before cannot be read", e);
    }
  }

  // ---- appending; the caller holds the lock ----

  /// Takes a sample, or answers why not.
  public @Nullable Rejection append(
      int row, long time, long bits, @Nullable NativeHistogram histogram, long start) {
    if (image != null) {
      image.keep(row, this::writeSeries);
    }
    if (time > lastTime[row]) {
      appendNewest(row, time, bits, histogram, start);
      return null;
    }
    if (time == lastTime[row] && (flags[row] & LAST_KNOWN) != 0) {
      NativeHistogram last = lastHistogram.get(row);
      return same(lastBits[row], last, bits, histogram) ? Rejection.DUPLICATE : Rejection.CONFLICT;
    }
    return appendLate(row, time, bits, histogram, start);
  }

  private static boolean same(
      long bitsA, @Nullable NativeHistogram a, long bitsB, @Nullable NativeHistogram b) {
    return a == null ? b == null && bitsA == bitsB : a.equals(b);
  }

  private void appendNewest(
      int row, long time, long bits, @Nullable NativeHistogram histogram, long start) {
    int encoding = openEncoding[row];
    if (encoding != NOT_OPEN && !fitsOpen(row, encoding, time, histogram, start)) {
      seal(row);
      encoding = NOT_OPEN;
    }
    if (histogram == null) {
      appendNumber(row, encoding, time, bits, start);
    } else {
      appendHistogram(row, encoding, time, histogram, start);
    }
    lastTime[row] = time;
    lastBits[row] = bits;
    flags[row] |= LAST_KNOWN;
    minTime = Math.min(minTime, time);
    maxTime = Math.max(maxTime, time);
  }

  private boolean fitsOpen(
      int row, int encoding, long time, @Nullable NativeHistogram histogram, long start) {
    boolean histograms = encoding == Encoding.HISTOGRAMS.ordinal();
    boolean kind =
        histogram == null
            ? !histograms && (start == 0 || encoding == Encoding.NUMBERS_WITH_STARTS.ordinal())
            : histograms;
    return kind
        && openCount[row] < mostSamples(ids[row])
        && openSize[row] < (histograms ? HISTOGRAM_CHUNK_BYTES : CHUNK_BYTES)
        && inOneWindow(openMin[row], time);
  }

  /// Whether two times lie in one window, the second not before the first. Nearly always it is the
  /// window that was asked for last, which saves a division for each sample.
  private boolean inOneWindow(long first, long second) {
    if (first < lastWindow || second - lastWindow >= sealed.millis()) {
      lastWindow = sealed.windowOf(first);
    }
    return second - lastWindow < sealed.millis();
  }

  private static int mostSamples(int id) {
    return LEAST_CHUNK_SAMPLES + (id * 0x9E3779B9 >>> 32 - CHUNK_SAMPLES_BITS);
  }

  private void appendNumber(int row, int encoding, long time, long bits, long start) {
    if (encoding == NOT_OPEN) {
      boolean starts = start != 0;
      open(row, starts ? Encoding.NUMBERS_WITH_STARTS : Encoding.NUMBERS, time);
      int last = openLast[row];
      int offset = chains.offset(last);
      openSize[row] =
          NumberCodec.first(chains.page(last), offset, state, time, bits, start, starts) - offset;
    } else {
      state.lastTime = lastTime[row];
      state.lastStep = openStep[row];
      state.lastBits = lastBits[row];
      state.lastStart = openStart[row];
      state.scale = openScale[row];
      boolean starts = encoding == Encoding.NUMBERS_WITH_STARTS.ordinal();
      int last = openLast[row];
      int size = openSize[row];
      int used = ByteChains.usedOfLast(size);
      int most = starts ? NumberCodec.MAX_SAMPLE_BYTES : NumberCodec.MAX_PLAIN_BYTES;
      if (used <= ByteChains.PIECE - most) {
        int at = chains.offset(last) + used;
        int end = NumberCodec.next(chains.page(last), at, state, time, bits, start, starts);
        openSize[row] = size + end - at;
      } else {
        // It may reach into the next piece.
        int length = NumberCodec.next(oneSample, 0, state, time, bits, start, starts);
        openLast[row] = chains.append(last, size, oneSample, 0, length);
        openSize[row] = size + length;
      }
    }
    openStep[row] = state.lastStep;
    openStart[row] = state.lastStart;
    openScale[row] = (byte) state.scale;
    openCount[row]++;
    if (!lastHistogram.isEmpty()) {
      lastHistogram.remove(row);
    }
  }

  private void appendHistogram(
      int row, int encoding, long time, NativeHistogram histogram, long start) {
    if (encoding == NOT_OPEN) {
      open(row, Encoding.HISTOGRAMS, time);
      openStart[row] = 0;
      openStep[row] = 0;
    }
    boolean first = openCount[row] == 0;
    scratch.clear();
    scratch.zigzag(first ? time : time - lastTime[row]);
    scratch.zigzag(start - openStart[row]);
    HistogramCodec.write(scratch, histogram, first ? null : lastHistogram.get(row));
    openLast[row] = chains.append(openLast[row], openSize[row], scratch.array(), 0, scratch.size());
    openSize[row] += scratch.size();
    openStart[row] = start;
    openCount[row]++;
    lastHistogram.put(row, histogram);
  }

  private void open(int row, Encoding encoding, long time) {
    openEncoding[row] = (byte) encoding.ordinal();
    openLast[row] = chains.begin();
    openSize[row] = 0;
    openCount[row] = 0;
    openMin[row] = time;
  }

  /// Moves a row's open chunk to the chunk files.
  private void seal(int row) {
    scratch.clear();
    chains.copy(openLast[row], openSize[row], scratch);
    newestChunk[row] =
        files.append(
            ids[row],
            newestChunk[row],
            sealed.windowOf(openMin[row]),
            Encoding.of(openEncoding[row]),
            openCount[row],
            openMin[row],
            lastTime[row],
            scratch.array(),
            0,
            scratch.size());
    chains.release(openLast[row]);
    openEncoding[row] = NOT_OPEN;
  }

  private @Nullable Rejection appendLate(
      int row, long time, long bits, @Nullable NativeHistogram histogram, long start) {
    LateSamples samples = late.get(row);
    if (samples == null) {
      samples = new LateSamples();
    }
    int at = samples.indexOf(time);
    if (at >= 0) {
      SampleColumns columns = samples.columns();
      return same(columns.valueBits()[at], columns.histogram(at), bits, histogram)
          ? Rejection.DUPLICATE
          : Rejection.CONFLICT;
    }
    if (!samples.inGap(time)) {
      Rejection rejection = compareWithStored(row, samples, time, bits, histogram);
      if (rejection != null) {
        return rejection;
      }
    }
    late.putIfAbsent(row, samples);
    samples.insert(time, bits, histogram, start);
    minTime = Math.min(minTime, time);
    if (samples.size() >= LATE_SAMPLES) {
      sealLate(row, samples);
    }
    return null;
  }

  /// Looks for a stored sample of a time, in full chunks, the open one and blocks; remembers the
  /// gap between its neighbours when there is none.
  private @Nullable Rejection compareWithStored(
      int row, LateSamples samples, long time, long bits, @Nullable NativeHistogram histogram) {
    long from = Math.max(time - sealed.millis(), Long.MIN_VALUE + 1);
    long to = time + sealed.millis();
    List<Run> runs = new ArrayList<>();
    HeadSeries stored =
        new HeadSeries(
            labels(row),
            newestChunk[row],
            copyOpen(row),
            null,
            deleted.getOrDefault(row, List.of()),
            view());
    unlessDamaged(() -> stored.runs(from, to, runs));
    unlessDamaged(() -> sealedRuns.find(stored.labels(), from, to, runs));
    long gapFrom = from;
    long gapTo = Math.min(to, lastTime[row]);
    for (Run run : runs) {
      if (run.maxTime() < time) {
        gapFrom = Math.max(gapFrom, run.maxTime() + 1);
      } else if (run.minTime() > time) {
        gapTo = Math.min(gapTo, run.minTime() - 1);
      } else {
        found.clear();
        unlessDamaged(() -> run.read(loader, time, time, found));
        if (found.size() > 0) {
          return same(found.valueBits()[0], found.histogram(0), bits, histogram)
              ? Rejection.DUPLICATE
              : Rejection.CONFLICT;
        }
        gapFrom = time;
        gapTo = time;
      }
    }
    samples.noteGap(gapFrom, gapTo);
    return null;
  }

  /// What is damaged cannot be compared with; it must not keep new samples out.
  private static void unlessDamaged(Runnable reading) {
    try {
      reading.run();
    } catch (StorageException e) {
      LOG.warn("a late sample is taken without comparing it: {}", e.getMessage());
    }
  }

  private void sealLate(int row, LateSamples samples) {
    if (samples.size() == 0) {
      return;
    }
    SampleColumns columns = samples.columns();
    ChunkBuilder builder = new ChunkBuilder(LATE_SAMPLES, CHUNK_BYTES);
    ChunkBuilder.Sink sink =
        (encoding, count, min, max, bytes, length) ->
            newestChunk[row] =
                files.append(
                    ids[row],
                    newestChunk[row],
                    sealed.windowOf(min),
                    encoding,
                    count,
                    min,
                    max,
                    bytes,
                    0,
                    length);
    int begin = 0;
    while (begin < columns.size()) {
      long window = sealed.windowOf(columns.times()[begin]);
      int end = begin + 1;
      while (end < columns.size() && sealed.windowOf(columns.times()[end]) == window) {
        end++;
      }
      builder.add(columns, begin, end, sink);
      builder.finish(sink);
      begin = end;
    }
    samples.clear();
  }

  // ---- reading ----

  /// The matching series that may have samples in a closed interval, sorted by labels. Takes the
  /// lock, and runs an action at that very moment.
  ///
  /// @throws io.evenkeel.tsdb.storage.BudgetExceededException when they are too many for the budget
  public List<HeadSeries> select(
      List<Matcher> matchers, long from, long to, MemoryBudget budget, Runnable atThatMoment) {
    RoaringBitmap matching = index.read(labels -> Postings.select(labels, matchers));
    PickedSeries picked = new PickedSeries(chains, matching.getCardinality());
    HeadSeries.View view;
    lock.lock();
    try {
      atThatMoment.run();
      view = view();
      IntIterator each = matching.getIntIterator();
      while (each.hasNext()) {
        int row = each.next();
        if (mayHaveSamples(row, from, to)) {
          budget.reserve(SELECTED_BYTES + (openEncoding[row] == NOT_OPEN ? 0 : openSize[row]));
          pick(row, picked);
        }
      }
    } finally {
      lock.unlock();
    }
    List<HeadSeries> selected = picked.series(view);
    // A row may have got another series since the index was asked.
    selected.removeIf(series -> !Matcher.all(matchers, series.labels()));
    selected.sort(Comparator.comparing(HeadSeries::labels));
    return selected;
  }

  private void pick(int row, PickedSeries into) {
    boolean open = openEncoding[row] != NOT_OPEN;
    into.add(
        names.bytes(row),
        names.offset(row),
        names.length(row),
        newestChunk[row],
        open
            ? new PickedSeries.Open(
                openLast[row],
                openSize[row],
                Encoding.of(openEncoding[row]),
                openCount[row],
                openMin[row],
                lastTime[row])
            : null,
        copyLate(row),
        deleted.getOrDefault(row, List.of()));
  }

  private boolean mayHaveSamples(int row, long from, long to) {
    if (ids[row] == 0) {
      return false;
    }
    return newestChunk[row] != ChunkFiles.NONE
        || late.containsKey(row)
        || (openEncoding[row] != NOT_OPEN && openMin[row] <= to && lastTime[row] >= from);
  }

  private HeadSeries.View view() {
    return new HeadSeries.View(files.table(), sealed, directory);
  }

  private @Nullable PackedChunk copyOpen(int row) {
    if (openEncoding[row] == NOT_OPEN) {
      return null;
    }
    byte[] copy = new byte[openSize[row]];
    chains.copy(openLast[row], copy.length, copy, 0);
    crc.reset();
    crc.update(copy, 0, copy.length);
    return new PackedChunk(
        MemorySegment.ofArray(copy),
        0,
        copy.length,
        (int) crc.getValue(),
        Encoding.of(openEncoding[row]),
        openCount[row],
        openMin[row],
        lastTime[row],
        Intervals.NONE,
        "memory");
  }

  private @Nullable LooseSamples copyLate(int row) {
    LateSamples samples = late.get(row);
    return samples == null || samples.size() == 0 ? null : new LooseSamples(samples.copy());
  }

  /// What a function answers about the labels of the head's series; see [HeadIndex#read].
  public <T> T readIndex(Function<LabelIndex, T> question) {
    return index.read(question);
  }

  /// The oldest and newest time of any sample here, MAX and MIN when there is none; the caller
  /// holds the lock.
  public long[] timeRange() {
    return new long[] {minTime, maxTime};
  }

  /// How many chunks were filled since the start; the caller holds the lock.
  public long chunks() {
    return files.chunks();
  }

  // ---- deleting; the caller holds the lock ----

  /// Hides a closed interval of matching series' samples; the caller must make it durable by a
  /// checkpoint.
  public List<Labels> delete(List<Matcher> matchers, long from, long to) {
    RoaringBitmap matching = index.read(labels -> Postings.select(labels, matchers));
    List<Labels> affected = new ArrayList<>();
    List<Integer> touched = new ArrayList<>();
    IntIterator each = matching.getIntIterator();
    while (each.hasNext()) {
      int row = each.next();
      affected.add(labels(row));
      touched.add(row);
      if (openEncoding[row] != NOT_OPEN && openMin[row] <= to && lastTime[row] >= from) {
        seal(row);
      }
      LateSamples samples = late.remove(row);
      if (samples != null) {
        sealLate(row, samples);
      }
      if (lastTime[row] >= from && lastTime[row] <= to) {
        flags[row] &= ~LAST_KNOWN;
      }
    }
    int file = files.roll();
    for (int row : touched) {
      List<Deletion> deletions = new ArrayList<>(deleted.getOrDefault(row, List.of()));
      deletions.add(new Deletion(from, to, file));
      deleted.put(row, List.copyOf(deletions));
    }
    return affected;
  }

  // ---- leaving the heap, sealing into blocks ----

  /// Bytes of full chunks that are in memory still; the caller holds the lock.
  public long chunkBytesInMemory() {
    return files.bytesInMemory();
  }

  /// Bytes of full chunks, on disk or in memory; the caller holds the lock.
  public long chunkFileBytes() {
    long bytes = files.imageBytes();
    for (int file : files.files()) {
      bytes += files.size(file);
    }
    return bytes;
  }

  /// Ends the chunks in memory as a file and answers the next file's number; the caller holds the
  /// lock.
  public int rollFile() {
    return files.roll();
  }

  /// Writes the ended chunk files and maps them back. Takes the lock for moments; for one thread at
  /// a time.
  public void writeFiles() throws IOException {
    List<Integer> unwritten = locked(files::unwritten);
    List<MemorySegment> mapped = new ArrayList<>();
    for (int file : unwritten) {
      ByteBuffer content = locked(() -> files.content(file));
      if (content == null) {
        throw new IllegalStateException("chunk file " + file + " was written by somebody else");
      }
      mapped.add(files.writeOut(file, content));
    }
    if (unwritten.isEmpty()) {
      return;
    }
    files.forceNames();
    lock.lock();
    try {
      for (int i = 0; i < mapped.size(); i++) {
        files.written(unwritten.get(i), mapped.get(i));
      }
    } finally {
      lock.unlock();
    }
  }

  /// Lets go of the pages of the chunk files that were read since the last time. The system keeps
  /// them as long as it has room; but mapped they would count as this process's memory until their
  /// file is sealed, hours later. Takes the lock for a moment.
  public void unmapPages() {
    for (MemorySegment file : locked(files::mapped)) {
      file.unload();
    }
  }

  /// The begins of the windows before a time that have samples here that are in no block; the
  /// caller holds the lock.
  public Set<Long> windowsBefore(long time) {
    Set<Long> windows = new HashSet<>();
    for (int file : files.files()) {
      for (long window : files.windows(file)) {
        if (!sealed.hidesWindow(window, file)) {
          windows.add(window);
        }
      }
    }
    windows.addAll(files.currentWindows());
    for (int row = 0; row < rows; row++) {
      if (ids[row] != 0 && openEncoding[row] != NOT_OPEN) {
        windows.add(sealed.windowOf(openMin[row]));
      }
    }
    for (LateSamples samples : late.values()) {
      for (int i = 0; i < samples.size(); i++) {
        windows.add(sealed.windowOf(samples.columns().times()[i]));
      }
    }
    windows.removeIf(window -> window + sealed.millis() > time);
    return windows;
  }

  /// Moves every sample before a time to the chunk files; the caller holds the lock.
  public void sealBefore(long time) {
    for (int row = 0; row < rows; row++) {
      if (ids[row] != 0 && openEncoding[row] != NOT_OPEN && openMin[row] < time) {
        seal(row);
      }
    }
    late.entrySet()
        .removeIf(entry -> {
          LateSamples samples = entry.getValue();
          if (samples.size() > 0 && samples.columns().times()[0] < time) {
            sealLate(entry.getKey(), samples);
          }
          return samples.size() == 0;
        });
  }

  /// What of the chunk files is in blocks; the caller holds the lock.
  public SealedWindows sealed() {
    return sealed;
  }

  /// Lets go of what is in blocks now: chunk files, and series of which nothing is left. New series
  /// are compared with blocks up to a time. The caller holds the lock and deletes the files after
  /// the next checkpoint.
  public List<Path> release(SealedWindows now, long sealedMaxTime) {
    sealed = now;
    newSeriesFloor = Math.max(newSeriesFloor, sealedMaxTime);
    List<Path> dropped = files.drop(sealed);
    List<Integer> live = files.files();
    int oldest = live.isEmpty() ? files.current() : live.getFirst();
    sealed = sealed.without(oldest);
    deleted.values().removeIf(list -> list.stream().allMatch(d -> d.beforeFile() <= oldest));
    int[] leaving = new int[16];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      boolean nothing =
          ids[row] != 0
              && openEncoding[row] == NOT_OPEN
              && !late.containsKey(row)
              && !hasVisibleChunk(row);
      if (nothing && lastTime[row] <= newSeriesFloor) {
        leaving = count == leaving.length ? Arrays.copyOf(leaving, 2 * count) : leaving;
        leaving[count++] = row;
      }
    }
    remove(Arrays.copyOf(leaving, count));
    minTime = oldestTime();
    return dropped;
  }

  private boolean hasVisibleChunk(int row) {
    boolean[] visible = {false};
    try {
      ChunkFiles.walk(
          files.table(),
          newestChunk[row],
          directory,
          (file, chunk) -> visible[0] |= !sealed.hides(chunk.minTime(), file));
    } catch (StorageException e) {
      // The series stays until the damaged file goes.
      LOG.warn("a series cannot be let go of yet: {}", e.getMessage());
      return true;
    }
    return visible[0];
  }

  private void remove(int[] leaving) {
    if (leaving.length == 0) {
      return;
    }
    index.removeAll(leaving);
    names.removeAll(leaving);
    if (freeCount + leaving.length > freeRows.length) {
      freeRows = Arrays.copyOf(freeRows, freeCount + leaving.length);
    }
    for (int row : leaving) {
      ids[row] = 0;
      lastHistogram.remove(row);
      deleted.remove(row);
      sources.release(row);
      freeRows[freeCount++] = row;
    }
  }

  private long oldestTime() {
    long oldest = Long.MAX_VALUE;
    for (int file : files.files()) {
      for (long window : files.windows(file)) {
        oldest = sealed.hidesWindow(window, file) ? oldest : Math.min(oldest, window);
      }
    }
    for (int row = 0; row < rows; row++) {
      if (ids[row] != 0 && openEncoding[row] != NOT_OPEN) {
        oldest = Math.min(oldest, openMin[row]);
      }
    }
    for (LateSamples samples : late.values()) {
      oldest = samples.size() == 0 ? oldest : Math.min(oldest, samples.columns().times()[0]);
    }
    return oldest;
  }

  /// New series are compared with blocks up to a time, before they take samples; the caller holds
  /// the lock.
  public void compareNewSeriesUpTo(long sealedMaxTime) {
    newSeriesFloor = Math.max(newSeriesFloor, sealedMaxTime);
  }

  // ---- checkpoints; the caller holds the lock ----

  /// Writes what of the chunk files counts.
  public void writeFileList(ByteWriter out) {
    out.varint(nextId);
    out.varint(files.current());
    out.varint(files.files().size());
    for (int file : files.files()) {
      out.varint(file);
      out.varint(files.size(file));
      Set<Long> windows = files.windows(file);
      out.varint(windows.size());
      windows.forEach(out::zigzag);
    }
    out.varint(sealed.beforeFile().size());
    sealed
        .beforeFile()
        .forEach((window, file) -> {
          out.zigzag(window);
          out.varint(file);
        });
  }

  /// A list that [#writeFileList] wrote.
  public record FileList(
      int nextId, int nextFile, Map<Integer, StoredFile> files, Map<Long, Integer> sealed) {
    /// One chunk file.
    public record StoredFile(int size, Set<Long> windows) {}

    public static FileList read(ByteReader in) {
      int nextId = in.size(Integer.MAX_VALUE);
      int nextFile = in.size(Integer.MAX_VALUE);
      Map<Integer, StoredFile> files = new HashMap<>();
      for (int count = in.size(in.remaining()); count > 0; count--) {
        int file = in.size(Integer.MAX_VALUE);
        int size = in.size(Integer.MAX_VALUE);
        Set<Long> windows = new HashSet<>();
        for (int n = in.size(in.remaining()); n > 0; n--) {
          windows.add(in.zigzag());
        }
        files.put(file, new StoredFile(size, windows));
      }
      Map<Long, Integer> sealed = new HashMap<>();
      for (int count = in.size(in.remaining()); count > 0; count--) {
        long window = in.zigzag();
        sealed.put(window, in.size(Integer.MAX_VALUE));
      }
      return new FileList(nextId, nextFile, files, sealed);
    }
  }

  /// Takes over a chunk file that a checkpoint names.
  public void adoptFile(int file, FileList.StoredFile stored) throws IOException {
    files.adopt(file, stored.windows(), stored.size());
    for (long window : stored.windows()) {
      minTime = Math.min(minTime, window);
    }
  }

  /// Begins an image of every series as it is at this moment: of each a record with what of it is
  /// not in chunk files. [#gatherImage] gathers it part by part. Samples come in meanwhile;
  /// deleting, sealing and letting go have to wait for [#endImage].
  ///
  /// @param type the first byte of each record
  public void beginImage(int type) {
    image = new SeriesImage(rows, type);
  }

  /// Gathers some more series of the image and answers whether there are others.
  public boolean gatherImage(int most) {
    return image != null && image.gatherNext(most, this::writeSeries);
  }

  /// Takes what was gathered: pages of records, each record behind its length in four bytes.
  public List<ByteWriter> takeImage() {
    return image == null ? List.of() : image.take();
  }

  /// Ends the image, whole or not.
  public void endImage() {
    image = null;
  }

  /// Writes a row's series, unless there is none.
  private void writeSeries(int row, ByteWriter record) {
    if (ids[row] == 0) {
      return;
    }
    record.varint(ids[row]);
    record.block(names.bytes(row), names.offset(row), names.length(row));
    record.u8(flags[row]);
    record.zigzag(lastTime[row]);
    record.i64(lastBits[row]);
    record.varint(newestChunk[row]);
    record.u8(openEncoding[row]);
    if (openEncoding[row] != NOT_OPEN) {
      record.u8(openScale[row]);
      record.varint(openCount[row]);
      record.zigzag(openMin[row]);
      record.zigzag(openStep[row]);
      record.zigzag(openStart[row]);
      record.varint(openSize[row]);
      chains.copy(openLast[row], openSize[row], record);
    }
    List<Deletion> deletions = deleted.getOrDefault(row, List.of());
    record.varint(deletions.size());
    for (Deletion deletion : deletions) {
      record.zigzag(deletion.from());
      record.zigzag(deletion.to());
      record.varint(deletion.beforeFile());
    }
    LateSamples samples = late.get(row);
    ByteWriter packed = pack(samples == null ? new SampleColumns(1) : samples.columns());
    record.put(packed.array(), 0, packed.size());
    NativeHistogram last = lastHistogram.get(row);
    record.u8(last == null ? 0 : 1);
    if (last != null) {
      HistogramCodec.write(record, last, null);
    }
  }

  private static ByteWriter pack(SampleColumns columns) {
    ByteWriter out = new ByteWriter(32);
    out.varint(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      out.zigzag(columns.times()[i]);
      out.i64(columns.valueBits()[i]);
      out.zigzag(columns.startTime(i));
      NativeHistogram histogram = columns.histogram(i);
      out.u8(histogram == null ? 0 : 1);
      if (histogram != null) {
        HistogramCodec.write(out, histogram, null);
      }
    }
    return out;
  }

  /// Takes over a series that a checkpoint holds and answers its row.
  public int readSeries(ByteReader in) throws InvalidLabelsException {
    int id = in.size(Integer.MAX_VALUE);
    byte[] canonical = in.block();
    int row = add(id, LabelBytes.decode(canonical, 0, canonical.length), canonical);
    flags[row] = (byte) in.u8();
    lastTime[row] = in.zigzag();
    lastBits[row] = in.i64();
    newestChunk[row] = in.varint();
    int encoding = in.i8();
    if (encoding != NOT_OPEN) {
      int scale = in.u8();
      int count = in.size(LEAST_CHUNK_SAMPLES + (1 << CHUNK_SAMPLES_BITS));
      long min = in.zigzag();
      long step = in.zigzag();
      long start = in.zigzag();
      byte[] bytes = in.block();
      open(row, Encoding.of(encoding), min);
      openLast[row] = chains.append(openLast[row], 0, bytes, 0, bytes.length);
      openSize[row] = bytes.length;
      openScale[row] = (byte) scale;
      openCount[row] = (short) count;
      openStep[row] = step;
      openStart[row] = start;
      minTime = Math.min(minTime, min);
    }
    maxTime = Math.max(maxTime, lastTime[row]);
    List<Deletion> deletions = new ArrayList<>();
    for (int count = in.size(in.remaining()); count > 0; count--) {
      deletions.add(new Deletion(in.zigzag(), in.zigzag(), in.size(Integer.MAX_VALUE)));
    }
    if (!deletions.isEmpty()) {
      deleted.put(row, List.copyOf(deletions));
    }
    int lateCount = in.size(in.remaining());
    if (lateCount > 0) {
      LateSamples samples = new LateSamples();
      for (int i = 0; i < lateCount; i++) {
        long time = in.zigzag();
        long bits = in.i64();
        long start = in.zigzag();
        samples.insert(time, bits, in.u8() == 0 ? null : HistogramCodec.read(in, null), start);
        minTime = Math.min(minTime, time);
      }
      late.put(row, samples);
    }
    if (in.u8() != 0) {
      lastHistogram.put(row, HistogramCodec.read(in, null));
    }
    return row;
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
