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
import java.util.concurrent.locks.LockSupport;

/// What of the head is neither in chunk files nor in the log after it, as a file of log records.
///
/// It begins and ends with the list of chunk files (twice, so that damage to one page does not cost
/// the list), between them one record per series. It counts once it has its final name. It says one
/// moment, that in which the log went on in a new file, although samples come in while it is
/// written (see [Head#beginImage]).
final class Checkpoint {
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
  private final Head head;
  private final Path unfinished;
  private final Path finished;
  private final Path directory;
  private final LogWriter out;
  private final byte[] files;

  private Checkpoint(Disk disk, Head head, Path finished, Path directory, int number, byte[] files)
      throws IOException {
    this.disk = disk;
    this.head = head;
    this.finished = finished;
    this.unfinished = finished.resolveSibling(finished.getFileName() + UNFINISHED);
    this.directory = directory;
    this.files = files;
    disk.delete(unfinished);
    this.out = new LogWriter(disk.create(unfinished), number);
  }

  /// Begins with the state of this moment; the caller holds the head's lock, and afterwards calls
  /// [#finish] or, also when that failed, [#abandon].
  static Checkpoint begin(
      Disk disk,
      StoreDirectory directory,
      int number,
      Head head,
      MetadataTable metadata,
      ExemplarRing exemplars)
      throws IOException {
    ByteWriter list = new ByteWriter(4096);
    list.u8(FILES);
    head.writeFileList(list);
    Checkpoint checkpoint =
        new Checkpoint(
            disk, head, directory.checkpoint(number), directory.log(), number, list.toByteArray());
    boolean done = false;
    try {
      checkpoint.writeFileList();
      BatchRecord other = new BatchRecord();
      other.begin();
      metadata.find("", 0).forEach(other::metadata);
      exemplars.forEach(other::exemplar);
      checkpoint.append(other.bytes());
      head.beginImage(SERIES);
      done = true;
      return checkpoint;
    } finally {
      if (!done) {
        checkpoint.abandon();
      }
    }
  }

  private void append(ByteWriter record) throws IOException {
    out.append(record.array(), 0, record.size());
  }

  private void writeFileList() throws IOException {
    out.append(files, 0, files.length);
  }

  /// Writes the rest, makes it durable and lets it count. Takes the head's lock for moments. The
  /// chunk files of its moment are durable before.
  void finish() throws IOException {
    writeSeries();
    writeFileList();
    out.force();
    out.close();
    disk.rename(unfinished, finished);
    disk.forceDirectory(directory);
  }

  /// The head's lock is held while series are gathered, and not while they are written.
  private void writeSeries() throws IOException {
    ByteWriter records = new ByteWriter(64 * 1024);
    boolean more = true;
    while (more) {
      records.clear();
      head.lock().lock();
      try {
        more = head.gatherImage(SERIES_AT_ONCE);
        records = head.takeImage(records);
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
      ByteReader each = new ByteReader();
      each.reset(records.array(), 0, records.size());
      while (each.hasMore()) {
        int length = each.i32();
        out.append(records.array(), each.take(length), length);
      }
    }
  }

  /// Leaves it unfinished.
  void abandon() throws IOException {
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
