package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.tsdb.storage.SampleColumns;

/// Samples that are not packed; the columns must not change any more.
public record LooseSamples(SampleColumns columns) implements Run {
  @Override
  public long minTime() {
    return columns.times()[0];
  }

  @Override
  public long maxTime() {
    return columns.times()[columns.size() - 1];
  }

  @Override
  public void read(ChunkLoader loader, long from, long to, SampleColumns into) {
    for (int i = 0; i < columns.size(); i++) {
      long time = columns.times()[i];
      if (time >= from && time <= to) {
        ColumnCopy.one(columns, i, into);
      }
    }
  }
}
