package io.evenkeel.tsdb.engine.head;

import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SharedTexts;
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
/// copied; labels and chunks are made of them after it was let go. Ten thousand series keep writers
/// out for two milliseconds so, instead of for thirty. The bytes lie in pages, since a collector
/// finds no room for one array of a hundred megabytes in a heap that is in use. For one thread.
final class PickedSeries {
  /// One series.
  ///
  /// @param page where its bytes lie
  /// @param labelsAt where its labels begin in it
  /// @param labelsLength how many bytes they are; the open chunk's come behind them
  /// @param open what is known of the open chunk but its bytes
  private record Picked(
      Page page,
      int labelsAt,
      int labelsLength,
      long newestChunk,
      @Nullable Open open,
      @Nullable LooseSamples late,
      List<Deletion> deleted) {}

  /// @param last the last piece of its bytes
  /// @param length how many bytes it has
  record Open(int last, int length, Encoding encoding, int count, long minTime, long maxTime) {}

  private record Page(byte[] bytes, MemorySegment segment) {
    Page(int size) {
      this(new byte[size]);
    }

    private Page(byte[] bytes) {
      this(bytes, MemorySegment.ofArray(bytes));
    }
  }

  private static final int PAGE = 256 << 10;
  private static final int FIRST_PAGE = 4 << 10;

  private final ByteChains openChunks;
  private final List<Picked> series;
  private Page page = new Page(FIRST_PAGE);
  private int used;

  /// @param about how many series will be picked, about
  PickedSeries(ByteChains openChunks, int about) {
    this.openChunks = openChunks;
    series = new ArrayList<>(about);
  }

  /// Takes a series; the caller holds the head's lock.
  void add(
      byte[] labels,
      int offset,
      int length,
      long newestChunk,
      @Nullable Open open,
      @Nullable LooseSamples late,
      List<Deletion> deleted) {
    int all = length + (open == null ? 0 : open.length);
    if (all > page.bytes.length - used) {
      page = new Page(Math.max(PAGE, all));
      used = 0;
    }
    series.add(new Picked(page, used, length, newestChunk, open, late, deleted));
    System.arraycopy(labels, offset, page.bytes, used, length);
    if (open != null) {
      openChunks.copy(open.last, open.length, page.bytes, used + length);
    }
    used += all;
  }

  /// The series, in the order in which they were taken.
  List<HeadSeries> series(HeadSeries.View view) {
    SharedTexts texts = new SharedTexts();
    CRC32C crc = new CRC32C();
    List<HeadSeries> made = new ArrayList<>(series.size());
    for (Picked one : series) {
      Labels labels;
      try {
        labels = LabelBytes.decode(one.page.bytes, one.labelsAt, one.labelsLength, texts);
      } catch (InvalidLabelsException e) {
        throw new IllegalStateException("labels that were checked before cannot be read", e);
      }
      Open open = one.open;
      PackedChunk chunk = null;
      if (open != null) {
        int at = one.labelsAt + one.labelsLength;
        crc.reset();
        crc.update(one.page.bytes, at, open.length);
        chunk =
            new PackedChunk(
                one.page.segment,
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
