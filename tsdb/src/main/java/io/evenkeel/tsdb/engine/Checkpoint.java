package io.evenkeel.tsdb.engine;

import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.head.Head;
import io.evenkeel.tsdb.engine.log.LogWriter;
import io.evenkeel.tsdb.memory.ExemplarRing;
import io.evenkeel.tsdb.memory.MetadataTable;
import java.io.IOException;
import java.nio.file.Path;

/// What of the head is neither in chunk files nor in the log after it, as a file of log records.
///
/// It begins and ends with the list of chunk files (twice, so that damage to one page does not cost
/// the list), between them one record per series. It counts once it has its final name.
final class Checkpoint {
  /// The first byte of a record with the list of chunk files.
  static final int FILES = 2;

  /// The first byte of a record with a series.
  static final int SERIES = 3;

  private static final String UNFINISHED = ".unfinished";

  private final Disk disk;
  private final Path unfinished;
  private final Path finished;
  private final Path directory;
  private final LogWriter out;

  private Checkpoint(Disk disk, Path unfinished, Path finished, Path directory, LogWriter out) {
    this.disk = disk;
    this.unfinished = unfinished;
    this.finished = finished;
    this.directory = directory;
    this.out = out;
  }

  /// Writes the state of this moment, not durable yet; the caller holds the head's lock.
  static Checkpoint write(
      Disk disk,
      StoreDirectory directory,
      int number,
      Head head,
      MetadataTable metadata,
      ExemplarRing exemplars)
      throws IOException {
    Path finished = directory.checkpoint(number);
    Path unfinished = finished.resolveSibling(finished.getFileName() + UNFINISHED);
    disk.delete(unfinished);
    LogWriter out = new LogWriter(disk.create(unfinished), number);
    boolean done = false;
    try {
      ByteWriter record = new ByteWriter(4096);
      record.u8(FILES);
      head.writeFileList(record);
      byte[] files = record.toByteArray();
      out.append(files, 0, files.length);
      BatchRecord other = new BatchRecord();
      other.begin();
      metadata.find("", 0).forEach(other::metadata);
      exemplars.forEach(other::exemplar);
      out.append(other.bytes().array(), 0, other.bytes().size());
      head.writeSeries(record, SERIES, one -> out.append(one.array(), 0, one.size()));
      out.append(files, 0, files.length);
      out.flush();
      done = true;
      return new Checkpoint(disk, unfinished, finished, directory.log(), out);
    } finally {
      if (!done) {
        out.close();
        disk.delete(unfinished);
      }
    }
  }

  /// Makes it durable and lets it count.
  void finish() throws IOException {
    boolean done = false;
    try (out) {
      out.force();
      done = true;
    } finally {
      if (!done) {
        disk.delete(unfinished);
      }
    }
    disk.rename(unfinished, finished);
    disk.forceDirectory(directory);
  }
}
