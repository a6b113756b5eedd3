package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.StorageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/// Reads runs of one series in time order, each time once.
///
/// Runs that lie one after the other are unpacked straight into the caller's buffer. Runs that
/// overlap (late samples, blocks of one time range) are unpacked together and merged; of samples
/// with one time the first run's counts.
public final class RunCursor implements SampleCursor {
  private final List<Run> runs;
  private final long from;
  private final long to;
  private final ChunkLoader loader = new ChunkLoader();
  private final Consumer<StorageException> damage;
  private int next;

  /// A cursor over runs in any order; those that come first in the list win at equal times. A run
  /// that cannot be read ends it with an exception.
  public RunCursor(List<? extends Run> runs, long from, long to) {
    this(
        runs,
        from,
        to,
        problem -> {
          throw problem;
        });
  }

  /// A cursor that tells of runs that cannot be read; when that returns they are left out.
  public RunCursor(
      List<? extends Run> runs, long from, long to, Consumer<StorageException> damage) {
    this.damage = damage;
    this.runs = new ArrayList<>(runs.size());
    for (Run run : runs) {
      if (run.minTime() <= to && run.maxTime() >= from) {
        this.runs.add(run);
      }
    }
    this.runs.sort(Comparator.comparingLong(Run::minTime));
    this.from = from;
    this.to = to;
  }

  @Override
  public int read(SampleColumns into, int atMost) {
    int before = into.size();
    while (next < runs.size() && into.size() - before < atMost) {
      int end = next + 1;
      long max = runs.get(next).maxTime();
      while (end < runs.size() && runs.get(end).minTime() <= max) {
        max = Math.max(max, runs.get(end).maxTime());
        end++;
      }
      if (end == next + 1) {
        read(runs.get(next), into);
      } else {
        merge(runs.subList(next, end), into);
      }
      next = end;
    }
    return into.size() - before;
  }

  private void read(Run run, SampleColumns into) {
    try {
      run.read(loader, from, to, into);
    } catch (StorageException e) {
      damage.accept(e);
    }
  }

  private void merge(List<Run> overlapping, SampleColumns into) {
    List<SampleColumns> inputs = new ArrayList<>(overlapping.size());
    for (Run run : overlapping) {
      SampleColumns columns = new SampleColumns(256);
      read(run, columns);
      if (columns.size() > 0) {
        inputs.add(columns);
      }
    }
    while (inputs.size() > 1) {
      // Pairwise, so that k runs cost log k passes.
      List<SampleColumns> merged = new ArrayList<>((inputs.size() + 1) / 2);
      for (int i = 0; i + 1 < inputs.size(); i += 2) {
        merged.add(merge(inputs.get(i), inputs.get(i + 1)));
      }
      if (inputs.size() % 2 == 1) {
        merged.add(inputs.getLast());
      }
      inputs = merged;
    }
    if (!inputs.isEmpty()) {
      ColumnCopy.range(inputs.getFirst(), 0, inputs.getFirst().size(), into);
    }
  }

  private static SampleColumns merge(SampleColumns a, SampleColumns b) {
    SampleColumns into = new SampleColumns(a.size() + b.size());
    int i = 0;
    int j = 0;
    while (i < a.size() && j < b.size()) {
      long x = a.times()[i];
      long y = b.times()[j];
      if (x <= y) {
        ColumnCopy.one(a, i++, into);
        j += x == y ? 1 : 0;
      } else {
        ColumnCopy.one(b, j++, into);
      }
    }
    ColumnCopy.range(a, i, a.size(), into);
    ColumnCopy.range(b, j, b.size(), into);
    return into;
  }
}
