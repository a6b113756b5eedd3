package io.evenkeel.tsdb.engine.log;

import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads the records of a file that a [LogWriter] wrote, stepping over damaged pages.
///
/// The bytes of a record count only until the next one is read. Not thread-safe.
public final class LogReader {
  private final MemorySegment file;
  private final int number;
  private final byte[] page = new byte[LogWriter.PAGE];
  private final CRC32C crc = new CRC32C();
  private final ByteWriter record = new ByteWriter(1024);
  private long pageStart = -LogWriter.PAGE;
  private int pageLength;
  private int at;
  private boolean inRecord;
  private boolean skipping;
  private int damaged;
  private long damagedAt = -1;
  private boolean goodSinceDamage;

  /// Reads a mapped file that should carry a number.
  public LogReader(MemorySegment file, int number) {
    this.file = file;
    this.number = number;
  }

  /// The next whole record, or null at the end.
  public @Nullable ByteWriter next() {
    while (true) {
      int length = fragmentLength();
      if (length < 0) {
        if (!nextPage()) {
          return null;
        }
        continue;
      }
      int flags = page[at + 6];
      int from = at + LogWriter.HEADER;
      at = from + length;
      if ((flags & LogWriter.BEGIN) != 0) {
        noteCutRecord();
        record.clear();
        inRecord = true;
        skipping = false;
      } else if (!inRecord) {
        // The rest of a record whose begin was damaged.
        if (!skipping) {
          skipping = true;
          note(pageStart + from);
        }
        continue;
      }
      record.put(page, from, length);
      if ((flags & LogWriter.END) != 0) {
        inRecord = false;
        return record;
      }
    }
  }

  /// The length of the fragment at the current place, or -1 when the page has no more good ones.
  private int fragmentLength() {
    if (at + LogWriter.HEADER >= pageLength) {
      return -1;
    }
    int length = (page[at + 4] & 0xFF) | (page[at + 5] & 0xFF) << 8;
    int flags = page[at + 6];
    int stored =
        (page[at] & 0xFF)
            | (page[at + 1] & 0xFF) << 8
            | (page[at + 2] & 0xFF) << 16
            | (page[at + 3] & 0xFF) << 24;
    boolean fits =
        at + LogWriter.HEADER + length <= pageLength
            && (flags & ~(LogWriter.BEGIN | LogWriter.END)) == 0;
    if (fits
        && LogWriter.checksum(
                crc, number, pageStart + at, flags, page, at + LogWriter.HEADER, length)
            == stored) {
      goodSinceDamage |= damaged > 0;
      return length;
    }
    noteCutRecord();
    note(pageStart + at);
    skipping = true;
    return -1;
  }

  private void noteCutRecord() {
    if (inRecord) {
      note(pageStart + at);
      inRecord = false;
    }
  }

  private void note(long position) {
    damaged++;
    if (damagedAt < 0) {
      damagedAt = position;
    }
  }

  private boolean nextPage() {
    pageStart += LogWriter.PAGE;
    if (pageStart >= file.byteSize()) {
      pageLength = 0;
      at = 0;
      return false;
    }
    pageLength = (int) Math.min(LogWriter.PAGE, file.byteSize() - pageStart);
    MemorySegment.copy(file, ValueLayout.JAVA_BYTE, pageStart, page, 0, pageLength);
    at = 0;
    return true;
  }

  /// Whether good records follow a damaged place: then it is not just the torn end that a crash
  /// leaves.
  public boolean damagedInside() {
    return goodSinceDamage;
  }

  /// How many damaged places were stepped over so far.
  public int damaged() {
    return damaged;
  }

  /// Where the first damaged place lies in the file, or -1.
  public long damagedAt() {
    return damagedAt;
  }
}
