package io.evenkeel.tsdb.engine;

import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.SampleBatch.SeriesExemplar;
import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.chunk.PackCache;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.disk.LocalDisk;
import io.evenkeel.tsdb.engine.head.Head;
import io.evenkeel.tsdb.engine.log.LogWriter;
import io.evenkeel.tsdb.engine.log.WriteAheadLog;
import io.evenkeel.tsdb.memory.ExemplarRing;
import io.evenkeel.tsdb.memory.MetadataTable;
import io.evenkeel.tsdb.storage.AppendReport;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import io.evenkeel.tsdb.storage.AppendTally;
import io.evenkeel.tsdb.storage.ChangeLog;
import io.evenkeel.tsdb.storage.HistogramCheck;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.MemoryBudget;
import io.evenkeel.tsdb.storage.ReadOnlyStoreException;
import io.evenkeel.tsdb.storage.Resolution;
import io.evenkeel.tsdb.storage.StorageException;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.StoreStatistics;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import io.evenkeel.tsdb.storage.WriteLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The durable store of this machine, in one directory that one process holds.
///
/// Concurrency: the head's lock orders appends, and with them the records of the log; it is held
/// for microseconds and never while waiting for the disk. A writer then waits for the log's commit.
/// `upkeep` orders whatever changes files in the background (checkpoints, sealing, compaction,
/// retention, deletion), `chunkLock` the writing of chunk files. They are taken in the order
/// upkeep, chunks, head.
public final class LocalStore implements TimeSeriesStore {
  private static final Logger LOG = LoggerFactory.getLogger(LocalStore.class);
  private static final int EXEMPLARS = 10_000;

  /// Full chunks that may be in memory before writers help to write them out.
  static final long CHUNK_BYTES_IN_MEMORY = 12 << 20;

  private static final int UNRESOLVED = -2;
  private static final int REFUSED = -3;

  /// So many times what a checkpoint takes may the log take before the next one.
  private static final long LOG_PER_CHECKPOINT = 2;

  private static final long SIZE_EVERY_NANOS = 15_000_000_000L;
  private static final long UNMAP_EVERY_NANOS = 60_000_000_000L;
  private static final long RETRY_NANOS = 10_000_000_000L;

  private final Disk disk;
  private final StoreDirectory directory;
  private final StoreSettings settings;
  private final InstantSource clock;
  private final PackCache packs = new PackCache();
  private final BlockList blocks = new BlockList(packs);
  private final Rollups rollups;
  private final MetadataTable metadata = new MetadataTable();
  private final ExemplarRing exemplars = new ExemplarRing(EXEMPLARS);
  private final Head head;
  private final WriteAheadLog log;
  private final BatchRecord record = new BatchRecord();
  private final RefusedSeries refused = new RefusedSeries();
  private final ChangeLog changes = new ChangeLog();
  private final ReentrantLock upkeepLock = new ReentrantLock();
  private final ReentrantLock chunkLock = new ReentrantLock();
  private final Upkeep upkeep;
  private final List<Path> dropped = new ArrayList<>();
  private final List<Path> damaged;
  private final List<String> problems;
  private final @Nullable Thread maintenance;

  private int nextNumber;
  private long appended;
  private long checkpointNanos = System.nanoTime();
  private long checkpointSize;
  private long sizeNanos = checkpointNanos;
  private long unmapNanos = checkpointNanos;
  private volatile long diskBytes;
  private volatile long chunkBytes;
  private volatile boolean readOnly;
  private volatile boolean closed;

  /// Opens the store in a directory, which is made if it is not there.
  ///
  /// @throws StorageException with one line that says what to do, when the directory cannot be used
  ///   or another process holds it
  public static LocalStore open(Path directory, StoreSettings settings, InstantSource clock) {
    return open(directory, settings, clock, new LocalDisk());
  }

  /// Opens the store over another way to the disk.
  public static LocalStore open(
      Path directory, StoreSettings settings, InstantSource clock, Disk disk) {
    StoreDirectory held = StoreDirectory.open(disk, directory);
    boolean done = false;
    try {
      LocalStore store = new LocalStore(held, settings, clock, disk);
      done = true;
      return store;
    } catch (IOException e) {
      throw new StorageException(
          "the data in " + directory + " could not be opened: " + e + "; is its disk full?", e);
    } finally {
      if (!done) {
        held.close();
      }
    }
  }

  private LocalStore(
      StoreDirectory directory, StoreSettings settings, InstantSource clock, Disk disk)
      throws IOException {
    this.disk = disk;
    this.directory = directory;
    this.settings = settings;
    this.clock = clock;
    this.rollups = new Rollups(disk, directory, packs);
    Recovery.Result recovered =
        new Recovery(disk, directory, settings, blocks, rollups, metadata, exemplars).run();
    head = recovered.head();
    nextNumber = recovered.nextNumber();
    problems = List.copyOf(recovered.problems());
    damaged = new ArrayList<>(recovered.damaged());
    log = new WriteAheadLog(newLog());
    boolean done = false;
    try {
      upkeep =
          new Upkeep(
              disk,
              directory,
              settings,
              head,
              blocks,
              rollups,
              this::checkpoint,
              dropped,
              clock.millis());
      checkpoint();
      diskBytes = disk.bytes(directory.root());
      checkDisk();
      done = true;
    } finally {
      if (!done) {
        log.close();
      }
    }
    maintenance =
        settings.maintenanceEvery().isZero()
            ? null
            : Thread.ofPlatform().name("tsdb-upkeep").daemon(true).start(this::maintainUntilClosed);
  }

  private LogWriter newLog() throws IOException {
    int number = nextNumber++;
    disk.delete(directory.log(number));
    LogWriter writer = new LogWriter(disk.create(directory.log(number)), number);
    boolean done = false;
    try {
      disk.forceDirectory(directory.log());
      done = true;
      return writer;
    } finally {
      if (!done) {
        writer.close();
      }
    }
  }

  /// What was found damaged when the store was opened, for a person to read; empty as a rule.
  public List<String> problems() {
    return problems;
  }

  /// How many days are rolled up by the hour.
  int rolledDays() {
    return rollups.of(Resolution.ONE_HOUR).all().size();
  }

  // ---- appending ----

  @Override
  public AppendReport append(SampleBatch batch, String source, int mostSeries) {
    if (readOnly) {
      throw new ReadOnlyStoreException(
          "the disk of "
              + directory.root()
              + " is nearly full; free some space and writing goes on by itself");
    }
    if (log.failed()) {
      startOverAfterFailure();
    }
    long waiting = chunkBytes;
    if (waiting > CHUNK_BYTES_IN_MEMORY) {
      writeChunks(waiting);
    }
    AppendTally tally = new AppendTally();
    WriteAheadLog.Commit commit;
    head.lock().lock();
    try {
      requireOpen();
      log.requireUsable();
      record.begin();
      int[] rows = new int[batch.seriesCount()];
      Arrays.fill(rows, UNRESOLVED);
      try {
        int most = Math.min(mostSeries, settings.limits().maxSeriesPerSource());
        appendSamples(batch, new Sender(head.source(source), most), rows, tally);
        appendRest(batch, tally);
      } finally {
        // Also when a surprise ended it: what the head took must be in the log. What is a duplicate
        // may be of a batch whose force is still under way.
        commit = record.isEmpty() ? log.newest() : log.append(record.bytes());
      }
      chunkBytes = head.chunkBytesInMemory();
    } finally {
      head.lock().unlock();
    }
    if (commit != null) {
      commit.await();
    }
    return tally.report();
  }

  private void requireOpen() {
    if (closed) {
      throw new StorageException("the store in " + directory.root() + " is closed");
    }
  }

  /// Who sends a batch.
  ///
  /// @param source its number; 0 for the process itself
  /// @param mostSeries how many series it may have brought
  private record Sender(int source, int mostSeries) {}

  private void appendSamples(SampleBatch batch, Sender sender, int[] rows, AppendTally tally) {
    long now = clock.millis();
    long oldest = settings.limits().oldestMillis(now);
    long newest = settings.limits().newestMillis(now);
    int before = Head.UNKNOWN;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    try {
      for (int i = 0; i < batch.sampleCount(); i++) {
        int series = batch.series(i);
        long time = batch.time(i);
        NativeHistogram histogram = batch.histogram(i);
        if (time < oldest || time > newest) {
          tally.reject(
              time < oldest ? Rejection.TOO_OLD : Rejection.TOO_NEW,
              () -> describe(batch, series) + " at " + time + ": outside the accepted times");
          continue;
        }
        if (histogram != null) {
          String problem = histogramProblem(histogram);
          if (problem != null) {
            tally.reject(
                Rejection.INVALID_HISTOGRAM, () -> describe(batch, series) + ": " + problem);
            continue;
          }
        }
        int row = rows[series];
        if (row < 0) {
          row = resolve(batch, series, sender, before, tally);
          rows[series] = row;
          before = Math.max(row, Head.UNKNOWN);
          if (row < 0) {
            continue;
          }
        }
        long bits = batch.valueBits(i);
        long start = batch.startTime(i);
        Rejection rejection = head.append(row, time, bits, histogram, start);
        if (rejection != null) {
          tally.reject(
              rejection,
              () -> describe(batch, series) + " at " + time + ": another value is stored already");
          continue;
        }
        first = Math.min(first, time);
        last = Math.max(last, time);
        record.sample(head.id(row), time, bits, histogram, start);
        appended++;
        if (histogram == null) {
          tally.sample();
        } else {
          tally.histogram();
        }
      }
    } finally {
      if (first <= last) {
        changes.stored(first, last);
      }
    }
  }

  private static @Nullable String histogramProblem(NativeHistogram h) {
    int numbers =
        h.positiveCounts().length
            + h.negativeCounts().length
            + h.customBounds().length
            + h.positiveSpans().size()
            + h.negativeSpans().size();
    // A number takes up to ten bytes.
    return 10 * (numbers + 8L) > Head.MAX_HISTOGRAM_BYTES
        ? "it has too many buckets"
        : HistogramCheck.problem(h);
  }

  private static String describe(SampleBatch batch, int series) {
    try {
      return batch.labels(series).toString();
    } catch (InvalidLabelsException e) {
      return "a series whose labels cannot be read (" + e.getMessage() + ")";
    }
  }

  /// The row of a batch's series, added if it is new; or [#REFUSED], which is counted for each of
  /// its samples.
  private int resolve(SampleBatch batch, int series, Sender sender, int before, AppendTally tally) {
    byte[] bytes = batch.labelBytes(series);
    int offset = batch.labelOffset(series);
    int length = batch.labelLength(series);
    int row = head.row(bytes, offset, length, batch.labelHash(series), before);
    if (row != Head.UNKNOWN) {
      head.claim(row, sender.source);
      return row;
    }
    Labels labels;
    try {
      labels = batch.labels(series);
    } catch (InvalidLabelsException e) {
      tally.reject(Rejection.INVALID_LABELS, () -> String.valueOf(e.getMessage()));
      return REFUSED;
    }
    WriteLimits limits = settings.limits();
    String problem = limits.labelProblem(labels);
    if (problem != null) {
      tally.reject(Rejection.INVALID_LABELS, () -> problem + ": " + labels);
      return REFUSED;
    }
    byte[] canonical = LabelBytes.encode(labels);
    row = head.rowByAlias(canonical, bytes, offset, length);
    if (row != Head.UNKNOWN) {
      return row;
    }
    if (head.seriesCount() >= limits.maxSeries()) {
      refused.count(labels, head);
      tally.reject(
          Rejection.SERIES_LIMIT,
          () -> labels + ": there are " + limits.maxSeries() + " series already");
      return REFUSED;
    }
    if (sender.source != 0 && head.seriesOf(sender.source) >= sender.mostSeries) {
      refused.count(labels, head);
      tally.reject(
          Rejection.SOURCE_SERIES_LIMIT,
          () ->
              labels
                  + ": its sender has brought "
                  + sender.mostSeries
                  + " series, which is the most");
      return REFUSED;
    }
    row = head.add(labels, canonical, sender.source);
    record.series(head.id(row), canonical);
    return row;
  }

  private void appendRest(SampleBatch batch, AppendTally tally) {
    for (SeriesExemplar entry : batch.exemplars()) {
      try {
        Labels series = batch.labels(entry.series());
        WriteLimits limits = settings.limits();
        if (limits.labelProblem(series) == null
            && (entry.exemplar().labels().isEmpty()
                || limits.labelProblem(entry.exemplar().labels()) == null)
            && exemplars.add(series, entry.exemplar())) {
          record.exemplar(series, entry.exemplar());
          tally.exemplar();
        }
      } catch (InvalidLabelsException _) {
        // Its samples, if any, were refused with a reason; an exemplar alone is just not kept.
        continue;
      }
    }
    for (MetricMetadata entry : batch.metadata()) {
      if (metadata.put(entry)) {
        record.metadata(entry);
      }
    }
  }

  /// After a failed force nobody knows what of the log is on disk, while the head has it all. A
  /// checkpoint makes the head's state durable and begins a new log.
  private void startOverAfterFailure() {
    upkeepLock.lock();
    try {
      requireOpen();
      if (log.failed()) {
        checkpoint();
        LOG.warn("the write-ahead log goes on in a new file after its failure");
      }
    } catch (IOException e) {
      throw new StorageException(
          "the store cannot write to " + directory.root() + ": " + e + "; check its disk", e);
    } finally {
      upkeepLock.unlock();
    }
  }

  /// Writes full chunks out when samples come faster than upkeep runs, so that memory stays
  /// bounded: writers help when they can, and wait when much has gathered.
  private void writeChunks(long bytes) {
    boolean must = bytes > 4 * CHUNK_BYTES_IN_MEMORY;
    if (must) {
      chunkLock.lock();
    } else if (!chunkLock.tryLock()) {
      return;
    }
    try {
      head.writeFiles();
    } catch (IOException e) {
      if (must) {
        throw new StorageException(
            "full chunks cannot be written to " + directory.root() + ": " + e + "; check its disk",
            e);
      }
      LOG.error("full chunks of {} could not be written yet: {}", directory.root(), e.toString());
    } finally {
      chunkLock.unlock();
    }
  }

  // ---- reading ----

  @Override
  public StoreReader reader(long fromMillis, long toMillis, MemoryBudget budget) {
    requireOpen();
    return new LocalReader(head, blocks, rollups, fromMillis, toMillis, budget);
  }

  @Override
  public List<MetricMetadata> metadata(String metric, int limit) {
    return metadata.find(metric, limit);
  }

  @Override
  public List<SeriesExemplars> exemplars(
      List<List<Matcher>> selectors, long fromMillis, long toMillis) {
    return exemplars.find(selectors, fromMillis, toMillis);
  }

  @Override
  public ChangeLog changes() {
    return changes;
  }

  @Override
  public StoreStatistics statistics() {
    head.lock().lock();
    try {
      long[] range = head.timeRange();
      return new StoreStatistics(
          head.seriesCount(),
          head.chunks(),
          range[0],
          range[1],
          appended,
          blocks.all().size(),
          diskBytes,
          readOnly,
          upkeep.daysToKeep(),
          refused.byLabel());
    } finally {
      head.lock().unlock();
    }
  }

  // ---- deleting ----

  @Override
  public int delete(List<Matcher> matchers, long fromMillis, long toMillis) {
    upkeepLock.lock();
    try {
      requireOpen();
      Set<Labels> affected = new HashSet<>();
      exemplars.delete(matchers, fromMillis, toMillis);
      head.lock().lock();
      try {
        affected.addAll(head.delete(matchers, fromMillis, toMillis));
      } finally {
        head.lock().unlock();
      }
      for (Block block : blocks.all()) {
        affected.addAll(block.delete(matchers, fromMillis, toMillis));
      }
      affected.addAll(rollups.delete(matchers, fromMillis, toMillis));
      changes.removed(fromMillis, toMillis);
      checkpoint();
      return affected.size();
    } catch (IOException e) {
      throw new StorageException(
          "the deletion could not be made durable (" + e + "); delete again", e);
    } finally {
      upkeepLock.unlock();
    }
  }

  // ---- upkeep ----

  /// Makes the head's state durable beside the log and begins a new log, so that a restart reads
  /// little back. Samples come in meanwhile: the head's lock is held for moments, and never while
  /// the disk is waited for, unless the log has failed.
  private void checkpoint() throws IOException {
    upkeepLock.lock();
    try {
      // A checkpoint that failed may have left the log on its way to its next file.
      log.awaitTurn();
      // Most chunks leave memory before the moment comes.
      writeFiles();
      int number = nextNumber;
      try (Checkpoint state = Checkpoint.create(disk, directory, number, head)) {
        if (begin(state)) {
          state.writeSeries();
          writeFiles();
          log.awaitTurn();
          state.finish();
        }
      }
      cleanUp(number);
    } finally {
      upkeepLock.unlock();
    }
  }

  /// Begins a checkpoint at the moment in which the log goes on in a new file; answers whether it
  /// is still to be written. After a failure of the log it is finished: nobody knows what the file
  /// before holds, so nobody writes before all that the head has is durable.
  private boolean begin(Checkpoint state) throws IOException {
    LogWriter next = newLog();
    boolean turned = false;
    chunkLock.lock();
    try {
      head.lock().lock();
      try {
        head.rollFile();
        state.begin(metadata, exemplars);
        turned = log.continueWith(next);
        if (turned) {
          return true;
        }
        state.writeSeries();
        head.writeFiles();
        state.finish();
        log.startOver(next);
        turned = true;
        return false;
      } finally {
        head.lock().unlock();
      }
    } finally {
      chunkLock.unlock();
      if (!turned) {
        next.close();
      }
    }
  }

  private void writeFiles() throws IOException {
    chunkLock.lock();
    try {
      head.writeFiles();
    } finally {
      chunkLock.unlock();
    }
  }

  /// Deletes what the checkpoint of a number made needless.
  private void cleanUp(int number) throws IOException {
    checkpointNanos = System.nanoTime();
    checkpointSize = disk.bytes(directory.checkpoint(number));
    for (Path file : damaged) {
      disk.rename(file, directory.damaged().resolve(file.getFileName()));
    }
    damaged.clear();
    List<Path> files = disk.list(directory.log());
    for (int old : StoreDirectory.numbers(files, ".log")) {
      if (old < number) {
        disk.delete(directory.log(old));
      }
    }
    for (int old : StoreDirectory.numbers(files, ".state")) {
      if (old < number) {
        disk.delete(directory.checkpoint(old));
      }
    }
    for (Path file : dropped) {
      disk.delete(file);
    }
    dropped.clear();
  }

  private void maintainUntilClosed() {
    while (!closed) {
      LockSupport.parkNanos(settings.maintenanceEvery().toNanos());
      if (closed) {
        return;
      }
      try {
        maintain();
      } catch (IOException | RuntimeException e) {
        // The next round tries again; what could not be written is still in the log.
        LOG.error(
            "upkeep of {} failed, it will be tried again: {}", directory.root(), e.toString());
        LOG.debug("upkeep failed", e);
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  /// Does what is due: lets full chunks leave memory, takes a checkpoint, seals, compacts, lets go
  /// of what is too old. The store does so by itself, unless its settings say otherwise.
  public void maintain() throws IOException {
    upkeepLock.lock();
    try {
      if (closed) {
        return;
      }
      checkDisk();
      long now = System.nanoTime();
      writeFiles();
      long millis = clock.millis();
      if (upkeep.due(millis)) {
        if (upkeep.run(millis, now)) {
          changes.removed(Long.MIN_VALUE, Long.MAX_VALUE);
        }
      }
      if (log.size() >= Math.max(settings.checkpointBytes(), LOG_PER_CHECKPOINT * checkpointSize)
          || (log.size() > 0 && now - checkpointNanos >= settings.checkpointEvery().toNanos())) {
        checkpoint();
      }
      if (now - unmapNanos >= UNMAP_EVERY_NANOS) {
        unmapNanos = now;
        head.unmapPages();
      }
      if (now - sizeNanos >= SIZE_EVERY_NANOS) {
        sizeNanos = now;
        diskBytes = disk.bytes(directory.root());
      }
    } finally {
      upkeepLock.unlock();
    }
  }

  private void checkDisk() throws IOException {
    long usable = disk.usableBytes(directory.root());
    long low = settings.lowWaterBytes();
    if (!readOnly && usable < low) {
      readOnly = true;
      LOG.error(
          "{} bytes are free below {}: the store takes no samples until there is more; free some"
              + " space or shorten the retention",
          usable,
          directory.root());
    } else if (readOnly && usable >= low + low / 4) {
      readOnly = false;
      LOG.warn("the disk of {} has room again: the store takes samples", directory.root());
    }
  }

  @Override
  public void close() {
    upkeepLock.lock();
    try {
      if (!closed) {
        closeFiles();
      }
    } finally {
      upkeepLock.unlock();
    }
    if (maintenance != null) {
      LockSupport.unpark(maintenance);
    }
  }

  private void closeFiles() {
    closed = true;
    try {
      try {
        checkpoint();
      } catch (IOException | StorageException e) {
        // The log has it all; the next start only reads more back.
        LOG.warn("no checkpoint at the end: {}", e.toString());
      }
      log.close();
      blocks.all().forEach(Block::release);
      rollups.all().forEach(Block::release);
    } catch (IOException e) {
      throw new StorageException("the log could not be closed: " + e, e);
    } finally {
      directory.close();
    }
  }
}
