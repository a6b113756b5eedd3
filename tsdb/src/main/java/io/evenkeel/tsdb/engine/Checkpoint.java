package io.evenkeel.tsdb.engine;

import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.head.Head;
import io.evenkeel.tsdb.engine.log.LogWriter;
import io.evenkeel.tsdb.memory.ExemplarRing;
import io.evenkeel.tsdb.memory.MetadataTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// What of the head is neither in chunk files nor in the log after it, as a file of log records.
///
/// It begins and ends with the list of chunk files (twice, so that damage to one page does not cost
/// the list), between them one record per series. It counts once it has its final name. It says one
/// moment, that in which the log went on in a new file, although samples come in while it is
/// written (see [Head#beginImage]).
final class Checkpoint implements AutoCloseable {
  /// The first byte of a record with the list of chunk files.
  static final int FILES = 2;

  /// The first byte of a record with a series.
  static final int SERIES = 3;

  private static final String UNFINISHED = ".unfinished";

  /// So many series are written while the head's lock is held: below a millisecond's work.
  private static final int SERIES_AT_ONCE = 512;

  /// How long writers have the head to themselves when some waited for it.
  private static final long LET_OTHERS_NANOS = 50_000;

  private final Disk disk;
  private final StoreDirectory directory;
  private final Head head;
  private final int number;
  private final Path unfinished;
  private final LogWriter out;
  private final ByteWriter files = new ByteWriter(4096);
  private final BatchRecord other = new BatchRecord();
  private boolean finished;

  private Checkpoint(Disk disk, StoreDirectory directory, int number, Head head)
      throws IOException {
    Path path = directory.checkpoint(number);
    this.disk = disk;
    this.directory = directory;
    this.number = number;
    this.head = head;
    this.unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
    disk.delete(unfinished);
    this.out = new LogWriter(disk.create(unfinished), number);
  }

  /// Makes the file of a checkpoint, which counts for nothing unless it is finished.
  static Checkpoint create(Disk disk, StoreDirectory directory, int number, Head head)
      throws IOException {
    return new Checkpoint(disk, directory, number, head);
  }

  /// Takes the moment that it says; the caller holds the head's lock, and goes on with
  /// [#writeSeries].
  void begin(MetadataTable metadata, ExemplarRing exemplars) {
    files.u8(FILES);
    head.writeFileList(files);
    other.begin();
    metadata.find("", 0).forEach(other::metadata);
    exemplars.forEach(other::exemplar);
    head.beginImage(SERIES);
  }

  /// Writes all that it says but the list of chunk files at its end. The head's lock is held while
  /// series are gathered, and not while they are written.
  void writeSeries() throws IOException {
    append(files);
    append(other.bytes());
    boolean more = true;
    while (more) {
      List<ByteWriter> pages;
      head.lock().lock();
      try {
        more = head.gatherImage(SERIES_AT_ONCE);
        pages = head.takeImage();
        if (!more) {
          head.endImage();
        }
      } finally {
        head.lock().unlock();
      }
      // The lock is not fair: who just let go of it would have it again before those who wait.
      if (!head.lock().isHeldByCurrentThread() && head.lock().hasQueuedThreads()) {
        LockSupport.parkNanos(LET_OTHERS_NANOS);
      }
      for (ByteWriter page : pages) {
        append(page.array(), page.size());
      }
    }
  }

  private void append(byte[] records, int size) throws IOException {
    ByteReader each = new ByteReader(records, 0, size);
    while (each.hasMore()) {
      int length = each.i32();
      out.append(records, each.take(length), length);
    }
  }

  private void append(ByteWriter record) throws IOException {
    out.append(record.array(), 0, record.size());
  }

  /// Makes it durable and lets it count. The chunk files of its moment are durable before.
  void finish() throws IOException {
    append(files);
    out.force();
    out.close();
    disk.rename(unfinished, directory.checkpoint(number));
    disk.forceDirectory(directory.log());
    finished = true;
  }

  /// Drops it unless it is finished.
  @Override
  public void close() throws IOException {
    if (finished) {
      return;
    }
    head.lock().lock();
    try {
      head.endImage();
    } finally {
      head.lock().unlock();
    }
    try (out) {
      disk.delete(unfinished);
    }
  }
}
