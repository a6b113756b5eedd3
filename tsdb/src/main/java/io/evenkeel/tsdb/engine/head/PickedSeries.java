package io.evenkeel.tsdb.engine.head;

import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SharedTexts;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.chunk.Encoding;
import io.evenkeel.tsdb.engine.chunk.Intervals;
import io.evenkeel.tsdb.engine.chunk.LooseSamples;
import io.evenkeel.tsdb.engine.chunk.PackedChunk;
import io.evenkeel.tsdb.engine.head.HeadSeries.Deletion;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What a query takes of the head's series at one moment: under the head's lock only bytes are
/// copied, into one array; labels and chunks are made of them after it was let go. Ten thousand
/// series keep writers out for two milliseconds so, instead of for thirty. For one thread.
final class PickedSeries {
  /// One series.
  ///
  /// @param labelsAt where its labels begin among the bytes
  /// @param labelsLength how many bytes they are; the open chunk's come behind them
  /// @param open what is known of the open chunk but its bytes
  private record Picked(
      int labelsAt,
      int labelsLength,
      long newestChunk,
      @Nullable Open open,
      @Nullable LooseSamples late,
      List<Deletion> deleted) {}

  /// @param length how many bytes it has
  record Open(int length, Encoding encoding, int count, long minTime, long maxTime) {}

  private final ByteWriter bytes = new ByteWriter(4096);
  private final List<Picked> series;

  PickedSeries(int about) {
    series = new ArrayList<>(about);
  }

  /// Takes a series; the caller holds the head's lock and, with an open chunk, puts its bytes into
  /// [#bytes] next.
  void add(
      byte[] labels,
      int offset,
      int length,
      long newestChunk,
      @Nullable Open open,
      @Nullable LooseSamples late,
      List<Deletion> deleted) {
    series.add(new Picked(bytes.size(), length, newestChunk, open, late, deleted));
    bytes.put(labels, offset, length);
  }

  ByteWriter bytes() {
    return bytes;
  }

  /// The series, in the order in which they were taken.
  List<HeadSeries> series(HeadSeries.View view) {
    SharedTexts texts = new SharedTexts();
    MemorySegment all = MemorySegment.ofArray(bytes.array());
    CRC32C crc = new CRC32C();
    List<HeadSeries> made = new ArrayList<>(series.size());
    for (Picked one : series) {
      Labels labels;
      try {
        labels = LabelBytes.decode(bytes.array(), one.labelsAt, one.labelsLength, texts);
      } catch (InvalidLabelsException e) {
        throw new IllegalStateException("labels that were checked before cannot be read", e);
      }
      Open open = one.open;
      PackedChunk chunk = null;
      if (open != null) {
        int at = one.labelsAt + one.labelsLength;
        crc.reset();
        crc.update(bytes.array(), at, open.length);
        chunk =
            new PackedChunk(
                all,
                at,
                open.length,
                (int) crc.getValue(),
                open.encoding,
                open.count,
                open.minTime,
                open.maxTime,
                Intervals.NONE,
                "memory");
      }
      made.add(new HeadSeries(labels, one.newestChunk, chunk, one.late, one.deleted, view));
    }
    return made;
  }
}
