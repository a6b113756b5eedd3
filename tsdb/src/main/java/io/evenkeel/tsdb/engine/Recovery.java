package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.head.Head;
import io.evenkeel.tsdb.engine.head.Head.FileList;
import io.evenkeel.tsdb.engine.head.SealedWindows;
import io.evenkeel.tsdb.engine.log.LogReader;
import io.evenkeel.tsdb.memory.ExemplarRing;
import io.evenkeel.tsdb.memory.MetadataTable;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds the head from the newest checkpoint, the chunk files it names and the log after it.
///
/// A damaged record is stepped over, counted, and its file set aside for a person to look at; the
/// records after it are read. Memory is bounded: files are read a page at a time, and chunks that
/// fill leave the heap as in operation.
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final int NO_ROW = -1;

  private final Disk disk;
  private final StoreDirectory directory;
  private final StoreSettings settings;
  private final BlockList blocks;
  private final Rollups rollups;
  private final MetadataTable metadata;
  private final ExemplarRing exemplars;
  private final List<String> problems = new ArrayList<>();
  private final List<Path> damaged = new ArrayList<>();

  private int[] rowOfId = new int[1024];
  private long samples;
  private long orphans;

  Recovery(
      Disk disk,
      StoreDirectory directory,
      StoreSettings settings,
      BlockList blocks,
      Rollups rollups,
      MetadataTable metadata,
      ExemplarRing exemplars) {
    this.disk = disk;
    this.directory = directory;
    this.settings = settings;
    this.blocks = blocks;
    this.rollups = rollups;
    this.metadata = metadata;
    this.exemplars = exemplars;
  }

  /// What was found.
  ///
  /// @param head the head as it was
  /// @param nextNumber the number of the next log and checkpoint
  /// @param damaged files to set aside
  /// @param problems what is damaged, for a person to read
  record Result(Head head, int nextNumber, List<Path> damaged, List<String> problems) {}

  Result run() throws IOException {
    blocks.openAll(disk, directory.blocks(), this::problem);
    rollups.open(this::problem);
    List<Path> logFiles = disk.list(directory.log());
    List<Integer> logs = StoreDirectory.numbers(logFiles, ".log");
    List<Integer> checkpoints = StoreDirectory.numbers(logFiles, ".state");
    int newest = checkpoints.isEmpty() ? 0 : checkpoints.getLast();
    int last = Math.max(newest, logs.isEmpty() ? 0 : logs.getLast());
    try (Arena arena = Arena.ofConfined()) {
      Head head = newest == 0 ? fresh(null) : readCheckpoint(newest, arena);
      int written = lastWritten(logs);
      for (int number : logs) {
        if (number >= newest) {
          replay(head, number, number >= written, arena);
        }
      }
      if (orphans > 0) {
        problem(orphans + " samples in the log belong to series whose definition is lost");
      }
      if (samples > 0) {
        LOG.info("read {} samples back from the write-ahead log", samples);
      }
      return new Result(head, last + 1, damaged, problems);
    }
  }

  /// The last log that holds anything. A store on a full disk leaves empty ones behind, each of a
  /// try to begin anew after a torn end.
  private int lastWritten(List<Integer> logs) throws IOException {
    for (int number : logs.reversed()) {
      if (disk.bytes(directory.log(number)) > 0) {
        return number;
      }
    }
    return 0;
  }

  private void problem(String text) {
    problems.add(text);
    LOG.error("{}", text);
  }

  private Head fresh(@Nullable FileList files) {
    SealedWindows sealed =
        new SealedWindows(settings.window().toMillis(), files == null ? Map.of() : files.sealed());
    for (Block block : blocks.all()) {
      if (block.meta().headFile() > 0) {
        sealed = sealed.with(List.of(block.meta().from()), block.meta().headFile());
      }
    }
    Head head =
        new Head(
            disk, directory.chunks(), files == null ? 1 : files.nextFile(), sealed, blocks::find);
    head.compareNewSeriesUpTo(blocks.maxTime());
    if (files != null) {
      head.reserveIds(files.nextId());
    }
    return head;
  }

  private Head readCheckpoint(int number, Arena arena) throws IOException {
    Path path = directory.checkpoint(number);
    MemorySegment file = disk.map(path, arena);
    FileList files = findFiles(file, number);
    if (files == null) {
      problem(
          path
              + " is damaged beyond use; the samples of the last hours that are in no block are lost;"
              + " restore the directory from a backup if there is one");
      damaged.add(path);
      return fresh(null);
    }
    Head head = fresh(files);
    for (Map.Entry<Integer, FileList.StoredFile> entry : new HashMap<>(files.files()).entrySet()) {
      try {
        head.adoptFile(entry.getKey(), entry.getValue());
      } catch (IOException e) {
        problem("a chunk file cannot be read, its samples are lost: " + e.getMessage());
      }
    }
    LogReader reader = new LogReader(file, number);
    ByteReader in = new ByteReader();
    for (ByteWriter record = reader.next(); record != null; record = reader.next()) {
      in.reset(record.array(), 0, record.size());
      try {
        switch (in.u8()) {
          case Checkpoint.SERIES -> {
            int row = head.readSeries(in);
            note(head.id(row), row);
          }
          case BatchRecord.TYPE -> BatchRecord.read(in, new Replay(head));
          default -> {}
        }
      } catch (InvalidLabelsException | StorageException e) {
        problem("a record of " + path + " cannot be read: " + e.getMessage());
      }
    }
    if (reader.damaged() > 0) {
      problem(damage(path, reader));
      damaged.add(path);
    }
    return head;
  }

  /// The list of chunk files from the first record of it that can be read.
  private static @Nullable FileList findFiles(MemorySegment file, int number) {
    LogReader reader = new LogReader(file, number);
    ByteReader in = new ByteReader();
    for (ByteWriter record = reader.next(); record != null; record = reader.next()) {
      in.reset(record.array(), 0, record.size());
      if (in.u8() == Checkpoint.FILES) {
        return FileList.read(in);
      }
    }
    return null;
  }

  private void replay(Head head, int number, boolean last, Arena arena) throws IOException {
    Path path = directory.log(number);
    LogReader reader = new LogReader(disk.map(path, arena), number);
    Replay replay = new Replay(head);
    ByteReader in = new ByteReader();
    for (ByteWriter record = reader.next(); record != null; record = reader.next()) {
      in.reset(record.array(), 0, record.size());
      try {
        if (in.u8() == BatchRecord.TYPE) {
          BatchRecord.read(in, replay);
        }
      } catch (InvalidLabelsException | StorageException e) {
        problem("a record of " + path + " cannot be read: " + e.getMessage());
      }
      if (head.chunkBytesInMemory() > LocalStore.CHUNK_BYTES_IN_MEMORY) {
        head.rollFile();
        head.writeFiles();
      }
    }
    // The end of the last file may be torn by a crash or a full disk; that was never acknowledged.
    if (reader.damagedInside() || (reader.damaged() > 0 && !last)) {
      problem(damage(path, reader));
      damaged.add(path);
    }
  }

  private static String damage(Path path, LogReader reader) {
    return path
        + " is damaged in "
        + reader.damaged()
        + " place(s), the first at byte "
        + reader.damagedAt()
        + "; the records there are lost, all others were read; the file is kept in 'damaged'";
  }

  private void note(int id, int row) {
    if (id >= rowOfId.length) {
      rowOfId = Arrays.copyOf(rowOfId, Math.max(id + 1, rowOfId.length + (rowOfId.length >> 1)));
    }
    rowOfId[id] = row + 1;
  }

  private int row(int id) {
    return id > 0 && id < rowOfId.length ? rowOfId[id] - 1 : NO_ROW;
  }

  /// Puts a record's entries into the head as [LocalStore#append] did, without asking the clock.
  private final class Replay implements BatchRecord.Visitor {
    private final Head head;

    Replay(Head head) {
      this.head = head;
    }

    @Override
    public void series(int id, byte[] canonical) throws InvalidLabelsException {
      int row = head.row(canonical, 0, canonical.length);
      if (row == Head.UNKNOWN) {
        row = head.add(id, LabelBytes.decode(canonical, 0, canonical.length), canonical);
      }
      head.reserveIds(id + 1);
      note(id, row);
    }

    @Override
    public void sample(
        int id, long time, long bits, @Nullable NativeHistogram histogram, long start) {
      int row = row(id);
      if (row == NO_ROW) {
        orphans++;
        head.reserveIds(id + 1);
        return;
      }
      samples++;
      // A sample that a damaged file lost may leave another order than before; what the head
      // refuses now it has already.
      head.append(row, time, bits, histogram, start);
    }

    @Override
    public void metadata(MetricMetadata entry) {
      metadata.put(entry);
    }

    @Override
    public void exemplar(Labels series, Exemplar exemplar) {
      exemplars.add(series, exemplar);
    }
  }
}
