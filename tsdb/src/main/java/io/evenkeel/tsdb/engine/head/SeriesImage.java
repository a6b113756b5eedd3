package io.evenkeel.tsdb.engine.head;

import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.head.Head.RecordSink;
import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// The series of a head as they were at one moment, written part by part while samples come in.
///
/// A series that is about to change is written before it does (copy on write), so the records say
/// one moment although writing them takes longer. A million series take a second to write; no
/// sample waits for more than a part of them. The head's lock guards it.
final class SeriesImage {
  /// Writes the record of a row's series, if there is one.
  @FunctionalInterface
  interface SeriesWriter {
    void write(int row, int type, ByteWriter record, RecordSink sink) throws IOException;
  }

  private final int rows;
  private final int type;
  private final RecordSink sink;
  private final ByteWriter record = new ByteWriter(4096);
  private final BitSet done = new BitSet();
  private int next;
  private @Nullable IOException failure;

  /// @param rows how many rows there are at this moment
  /// @param type the first byte of each record
  SeriesImage(int rows, int type, RecordSink sink) {
    this.rows = rows;
    this.type = type;
    this.sink = sink;
  }

  /// Writes a row's series now, since it will not be the same afterwards. The sample that changes
  /// it is not to suffer from a disk that fails: who goes on with the image is told.
  void keep(int row, SeriesWriter writer) {
    if (row < next || row >= rows || failure != null || done.get(row)) {
      return;
    }
    done.set(row);
    try {
      writer.write(row, type, record, sink);
    } catch (IOException e) {
      failure = e;
    }
  }

  /// A row that was empty has a series now, which is none of this moment's.
  void leaveOut(int row) {
    done.set(row);
  }

  /// Writes the next rows, at most so many, and answers whether there are more.
  boolean write(int most, SeriesWriter writer) throws IOException {
    int end = Math.min(rows, next + most);
    for (; next < end && failure == null; next++) {
      if (!done.get(next)) {
        writer.write(next, type, record, sink);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return next < rows;
  }
}
