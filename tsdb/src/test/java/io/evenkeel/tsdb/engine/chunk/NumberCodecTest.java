package io.evenkeel.tsdb.engine.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumberCodecTest {
  private static final long T0 = 1_763_856_000_000L;

  @Test
  void gives_back_any_bits_at_any_times() {
    Random random = new Random(5);
    for (int round = 0; round < 2_000; round++) {
      int count = 1 + random.nextInt(300);
      long[] times = new long[count];
      long[] bits = new long[count];
      long[] starts = new long[count];
      long time = random.nextBoolean() ? T0 : random.nextInt();
      double value = random.nextInt(1_000_000);
      int kind = random.nextInt(7);
      for (int i = 0; i < count; i++) {
        time += 1 + (random.nextInt(9) == 0 ? random.nextInt(1 << random.nextInt(31)) : 999);
        times[i] = time;
        starts[i] = random.nextInt(3) == 0 ? 0 : time - random.nextInt(100_000);
        value += random.nextInt(1 << random.nextInt(20));
        bits[i] =
            switch (random.nextInt(30) == 0 ? 6 : kind) {
              case 0 -> bits(value);
              case 1 -> bits(value / 100);
              case 2 -> bits(value / 1e6);
              case 3 -> bits(random.nextGaussian());
              case 4 -> i == 0 ? bits(value) : bits[i - 1];
              case 5 -> random.nextInt(2) == 0 ? StaleMarker.BITS : bits(-0.0);
              default -> random.nextLong();
            };
      }
      boolean withStarts = random.nextBoolean();
      SampleColumns read = roundTrip(times, bits, starts, withStarts);
      assertThat(read.size()).isEqualTo(count);
      for (int i = 0; i < count; i++) {
        assertThat(read.times()[i]).isEqualTo(times[i]);
        assertThat(read.valueBits()[i]).isEqualTo(bits[i]);
        assertThat(read.startTime(i)).isEqualTo(withStarts ? starts[i] : 0);
      }
    }
  }

  @Test
  void takes_few_bytes_for_what_a_server_sends() {
    Random random = new Random(6);
    long[] times = new long[240];
    long[] constant = new long[240];
    long[] counter = new long[240];
    long[] seconds = new long[240];
    long bytes = 123_456_789_012L;
    long hundredths = 12_345_678;
    for (int i = 0; i < times.length; i++) {
      times[i] = T0 + i * 1_000L;
      constant[i] = bits(16_777_216_000.0);
      counter[i] = bits(bytes += random.nextInt(8_000));
      seconds[i] = bits((hundredths += random.nextInt(100)) / 100.0);
    }
    assertThat(size(times, constant)).isLessThan(260);
    assertThat(size(times, counter)).isLessThan(3 * 240 + 16);
    assertThat(size(times, seconds)).isLessThan(5 * 240 / 2 + 16);
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private static int size(long[] times, long[] bits) {
    return encode(new byte[16_384], times, bits, new long[times.length], false);
  }

  private static SampleColumns roundTrip(
      long[] times, long[] bits, long[] starts, boolean withStarts) {
    byte[] bytes = new byte[64 * times.length + 64];
    int size = encode(bytes, times, bits, starts, withStarts);
    SampleColumns into = new SampleColumns(16);
    NumberCodec.decode(
        new ByteReader(bytes, 0, size),
        times.length,
        withStarts,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        into);
    return into;
  }

  private static int encode(
      byte[] bytes, long[] times, long[] bits, long[] starts, boolean withStarts) {
    NumberCodec.State state = new NumberCodec.State();
    int at = NumberCodec.first(bytes, 0, state, times[0], bits[0], starts[0], withStarts);
    int most = withStarts ? NumberCodec.MAX_SAMPLE_BYTES : NumberCodec.MAX_PLAIN_BYTES;
    for (int i = 1; i < times.length; i++) {
      int next = NumberCodec.next(bytes, at, state, times[i], bits[i], starts[i], withStarts);
      assertThat(next - at).isLessThanOrEqualTo(most);
      // What lies behind the room for a sample may be somebody else's.
      assertThat(Arrays.copyOfRange(bytes, at + most, at + most + 8)).containsOnly(0);
      at = next;
    }
    return at;
  }
}
