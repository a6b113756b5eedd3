package io.evenkeel.bench.codec;

/// A candidate: packs the values of several runs of equal length, one after the other, without
/// loss.
interface ValueCodec {
  String name();

  /// Packs and answers the number of bytes.
  int encode(long[][] runs, byte[] into);

  /// Unpacks into arrays of the runs' lengths.
  void decode(byte[] from, int length, long[][] into);
}
