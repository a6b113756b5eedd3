package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;

/// How a chunk's bytes are to be read; the ordinal stands in files.
public enum Encoding {
  /// Numbers whose start time is not known: [NumberCodec] in the head, [PackWriter] in blocks.
  NUMBERS,
  /// Numbers, each with its start time, in the same way.
  NUMBERS_WITH_STARTS,
  /// Native histograms, each with its start time, [HistogramCodec].
  HISTOGRAMS,
  /// Rollups, [RollupRun].
  ROLLUPS;

  private static final Encoding[] ALL = values();

  /// The encoding that a file names.
  public static Encoding of(int ordinal) {
    if (ordinal < 0 || ordinal >= ALL.length) {
      throw new DamagedBytesException("unknown chunk encoding " + ordinal);
    }
    return ALL[ordinal];
  }
}
