package io.evenkeel.bench.codec;

import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.chunk.NumberCodec;
import io.evenkeel.tsdb.storage.SampleColumns;

/// The codec of the head: whole bytes, XOR or decimal difference, whichever is shorter. The times
/// are a fixed step, which costs it no bytes but the first sample's.
final class HeadCodec implements ValueCodec {
  private static final int STEP = 15_000;

  @Override
  public String name() {
    return "head: XOR or decimal difference on bytes";
  }

  @Override
  public int encode(long[][] runs, byte[] into) {
    int at = 0;
    NumberCodec.State state = new NumberCodec.State();
    for (long[] run : runs) {
      int begin = at;
      at += 2;
      at = NumberCodec.first(into, at, state, 0, run[0], 0, false);
      for (int i = 1; i < run.length; i++) {
        at = NumberCodec.next(into, at, state, (long) i * STEP, run[i], 0, false);
      }
      into[begin] = (byte) (at - begin);
      into[begin + 1] = (byte) ((at - begin) >> 8);
    }
    return at;
  }

  @Override
  public void decode(byte[] from, int length, long[][] into) {
    int at = 0;
    SampleColumns columns = new SampleColumns(into[0].length);
    ByteReader reader = new ByteReader();
    for (long[] run : into) {
      int size = (from[at] & 0xFF) | (from[at + 1] & 0xFF) << 8;
      reader.reset(from, at + 2, size - 2);
      columns.clear();
      NumberCodec.decode(reader, run.length, false, 0, Long.MAX_VALUE, columns);
      System.arraycopy(columns.valueBits(), 0, run, 0, run.length);
      at += size;
    }
  }
}
