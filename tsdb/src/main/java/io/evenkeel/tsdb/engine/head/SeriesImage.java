package io.evenkeel.tsdb.engine.head;

import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

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

  private static final int FIRST_PAGE = 64 << 10;
  private static final int FULL_PAGE = 256 << 10;

  private final int rows;
  private final int type;
  private final BitSet done = new BitSet();
  private List<ByteWriter> full = new ArrayList<>();
  private ByteWriter page = new ByteWriter(FIRST_PAGE);
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
      gather(row, writer);
      done.set(row);
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
    if (page.size() >= FULL_PAGE) {
      full.add(page);
      page = new ByteWriter(FULL_PAGE);
    }
    int begin = page.size();
    page.i32(0);
    page.u8(type);
    int empty = page.size();
    writer.write(row, page);
    if (page.size() == empty) {
      page.truncate(begin);
    } else {
      page.i32At(begin, page.size() - begin - 4);
    }
  }

  /// Takes what was gathered: pages of records, each record behind its length in four bytes.
  List<ByteWriter> take() {
    List<ByteWriter> taken = full;
    taken.add(page);
    full = new ArrayList<>();
    page = new ByteWriter(FIRST_PAGE);
    return taken;
  }
}
