package io.evenkeel.tsdb.engine.head;

import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import java.util.BitSet;

/// The series of a head as they were at one moment, gathered part by part while samples come in.
///
/// A series that is about to change is gathered before it does (copy on write), so the records say
/// one moment although writing them takes longer. A million series take a second to gather; no
/// sample waits for more than a part of them, and none for the disk: the records lie in memory
/// until [#take] hands them to whoever writes them. The head's lock guards it.
final class SeriesImage {
  /// Adds the record of a row's series, or nothing if there is none.
  @FunctionalInterface
  interface SeriesWriter {
    void write(int row, ByteWriter record);
  }

  private final int rows;
  private final int type;
  private final BitSet done = new BitSet();
  private ByteWriter gathered = new ByteWriter(64 * 1024);
  private int next;

  /// @param rows how many rows there are at this moment
  /// @param type the first byte of each record
  SeriesImage(int rows, int type) {
    this.rows = rows;
    this.type = type;
  }

  /// Gathers a row's series now, since it will not be the same afterwards.
  void keep(int row, SeriesWriter writer) {
    if (row >= next && row < rows && !done.get(row)) {
      done.set(row);
      gather(row, writer);
    }
  }

  /// A row that was empty has a series now, which is none of this moment's.
  void leaveOut(int row) {
    done.set(row);
  }

  /// Gathers the next rows, at most so many, and answers whether there are more.
  boolean gatherNext(int most, SeriesWriter writer) {
    int end = Math.min(rows, next + most);
    for (; next < end; next++) {
      if (!done.get(next)) {
        gather(next, writer);
      }
    }
    return next < rows;
  }

  private void gather(int row, SeriesWriter writer) {
    int begin = gathered.size();
    gathered.i32(0);
    gathered.u8(type);
    int empty = gathered.size();
    writer.write(row, gathered);
    if (gathered.size() == empty) {
      gathered.truncate(begin);
    } else {
      gathered.i32At(begin, gathered.size() - begin - 4);
    }
  }

  /// Takes what was gathered, each record behind its length in four bytes, and lets the image go on
  /// in another buffer.
  ByteWriter take(ByteWriter empty) {
    ByteWriter taken = gathered;
    gathered = empty;
    return taken;
  }
}
