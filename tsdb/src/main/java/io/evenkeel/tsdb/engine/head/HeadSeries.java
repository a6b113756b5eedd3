package io.evenkeel.tsdb.engine.head;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.chunk.Intervals;
import io.evenkeel.tsdb.engine.chunk.LooseSamples;
import io.evenkeel.tsdb.engine.chunk.PackedChunk;
import io.evenkeel.tsdb.engine.chunk.Run;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One series of the head as it was at one moment; immutable.
///
/// @param labels its identity
/// @param newest the newest of its full chunks
/// @param open a copy of the chunk that is being filled
/// @param late a copy of the samples that came late
/// @param deleted what was deleted of it
/// @param view the chunk files and what of them is sealed into blocks
public record HeadSeries(
    Labels labels,
    long newest,
    @Nullable PackedChunk open,
    @Nullable LooseSamples late,
    List<Deletion> deleted,
    View view) {

  /// The chunk files at a moment, and which chunks in them count no more.
  record View(ChunkFiles.Table table, SealedWindows sealed, Path directory) {}

  /// A deleted interval; it hides the chunks in files before one.
  record Deletion(long from, long to, int beforeFile) {}

  /// Adds the runs that may have samples in a closed interval.
  public void runs(long from, long to, List<Run> into) {
    fullChunks(Integer.MAX_VALUE, from, to, into);
    if (open != null && open.minTime() <= to && open.maxTime() >= from) {
      into.add(open);
    }
    if (late != null && late.minTime() <= to && late.maxTime() >= from) {
      into.add(late);
    }
  }

  /// Adds the full chunks in files before one that may have samples in a closed interval.
  public void fullChunks(int beforeFile, long from, long to, List<Run> into) {
    ChunkFiles.walk(
        view.table,
        newest,
        view.directory,
        (file, chunk) -> {
          if (file < beforeFile
              && chunk.minTime() <= to
              && chunk.maxTime() >= from
              && !view.sealed.hides(chunk.minTime(), file)) {
            into.add(deleted.isEmpty() ? chunk : hiding(chunk, file));
          }
        });
  }

  private PackedChunk hiding(PackedChunk chunk, int file) {
    long[] hidden = Intervals.NONE;
    for (Deletion deletion : deleted) {
      if (file < deletion.beforeFile) {
        hidden = Intervals.add(hidden, deletion.from, deletion.to);
      }
    }
    return chunk.withHidden(hidden);
  }
}
