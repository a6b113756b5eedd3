package io.evenkeel.tsdb.engine.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import io.evenkeel.tsdb.storage.Resolution;
import io.evenkeel.tsdb.storage.RollupColumns;
import io.evenkeel.tsdb.storage.RollupFold;
import io.evenkeel.tsdb.storage.SampleColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Packs give back the very bits, whatever the numbers are.
class PackTest {
  private static final long T0 = 1_763_856_000_000L;

  @Test
  void gives_back_runs_of_every_shape() {
    for (long seed = 1; seed <= 100; seed++) {
      Random random = new Random(seed);
      List<SampleColumns> runs = new ArrayList<>();
      for (int i = 1 + random.nextInt(20); i > 0; i--) {
        runs.add(run(random));
      }
      check(runs, "seed " + seed);
    }
  }

  @Test
  void gives_back_numbers_at_the_edges_of_what_fits() {
    long[] odd = {
      0L,
      1L,
      -1L,
      StaleMarker.BITS,
      0x7ff8000000000001L,
      bits(-0.0),
      bits(9_007_199_254_740_991.0),
      bits(-9_007_199_254_740_993.0),
      bits(Double.MIN_VALUE),
      bits(Double.MAX_VALUE),
      bits(Double.NEGATIVE_INFINITY),
      bits(0.1),
      bits(1e-12),
      bits(123456.789012345)
    };
    List<SampleColumns> runs = new ArrayList<>();
    for (long first : odd) {
      for (long second : odd) {
        SampleColumns run = new SampleColumns(3);
        run.add(Long.MIN_VALUE + 1, first, 0);
        run.add(0, second, Long.MIN_VALUE);
        run.add(Long.MAX_VALUE, first, Long.MAX_VALUE);
        runs.add(run);
      }
    }
    check(runs, "edges");
  }

  @Test
  void gives_back_rollups() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      RollupColumns rollups = new RollupColumns();
      RollupFold fold = new RollupFold(Resolution.ONE_MINUTE, rollups);
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        fold.add(run(random));
      }
      fold.finish();
      PackWriter writer = new PackWriter();
      writer.add(run(random), 0, 1, false);
      int number = writer.add(rollups);
      ByteWriter out = new ByteWriter(64);
      writer.finish(out);
      RollupColumns back = new RollupColumns();
      read(out.array(), out.size())
          .decode(number, new ChunkLoader(), Long.MIN_VALUE, Long.MAX_VALUE, back);
      assertThat(back.size()).as("seed " + seed).isEqualTo(rollups.size());
      for (RollupColumns.Column column : RollupColumns.Column.values()) {
        assertThat(Arrays.copyOf(back.column(column), back.size()))
            .as("seed " + seed + " " + column)
            .isEqualTo(Arrays.copyOf(rollups.column(column), rollups.size()));
      }
    }
  }

  @Test
  void takes_next_to_nothing_for_what_does_not_change() {
    PackWriter writer = new PackWriter();
    SampleColumns run = new SampleColumns(4_000);
    for (int i = 0; i < 4_000; i++) {
      run.add(T0 + i * 15_000L, bits(0.25), 0);
    }
    writer.add(run, 0, run.size(), false);
    ByteWriter out = new ByteWriter(64);
    writer.finish(out);
    assertThat(out.size()).isLessThan(60);
  }

  @Test
  void never_reads_beyond_a_damaged_pack() {
    Random random = new Random(7);
    PackWriter writer = new PackWriter();
    for (int i = 0; i < 6; i++) {
      SampleColumns run = run(random);
      writer.add(run, 0, run.size(), true);
    }
    ByteWriter out = new ByteWriter(64);
    writer.finish(out);
    ChunkLoader loader = new ChunkLoader();
    for (int trial = 0; trial < 5_000; trial++) {
      byte[] damaged = out.toByteArray();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      int length = random.nextInt(3) == 0 ? random.nextInt(damaged.length) : damaged.length;
      try {
        Pack pack = read(damaged, length);
        pack.decode(
            random.nextInt(6), true, loader, Long.MIN_VALUE, Long.MAX_VALUE, new SampleColumns(16));
      } catch (DamagedBytesException | IndexOutOfBoundsException expected) {
        assertThat(expected).isNotNull();
      }
    }
  }

  @Test
  void refuses_a_run_that_is_not_there() {
    PackWriter writer = new PackWriter();
    SampleColumns run = run(new Random(1));
    writer.add(run, 0, run.size(), false);
    ByteWriter out = new ByteWriter(64);
    writer.finish(out);
    Pack pack = read(out.array(), out.size());
    assertThatThrownBy(() ->
            pack.decode(1, false, new ChunkLoader(), 0, Long.MAX_VALUE, new SampleColumns(16)))
        .isInstanceOf(DamagedBytesException.class);
  }

  private static void check(List<SampleColumns> runs, String where) {
    PackWriter writer = new PackWriter();
    List<Integer> numbers = new ArrayList<>();
    List<byte[]> packs = new ArrayList<>();
    List<Integer> packOf = new ArrayList<>();
    ByteWriter out = new ByteWriter(1024);
    for (SampleColumns run : runs) {
      numbers.add(writer.add(run, 0, run.size(), run.hasStartTimes()));
      packOf.add(packs.size());
      if (writer.isFull()) {
        writer.finish(out);
        packs.add(out.toByteArray());
        out.clear();
      }
    }
    writer.finish(out);
    packs.add(out.toByteArray());
    ChunkLoader loader = new ChunkLoader();
    for (int i = 0; i < runs.size(); i++) {
      SampleColumns run = runs.get(i);
      byte[] pack = packs.get(packOf.get(i));
      SampleColumns back = new SampleColumns(16);
      read(pack, pack.length)
          .decode(
              numbers.get(i), run.hasStartTimes(), loader, Long.MIN_VALUE, Long.MAX_VALUE, back);
      assertThat(back.size()).as(where).isEqualTo(run.size());
      assertThat(rows(back)).as(where).isDeepEqualTo(rows(run));
      long from = run.times()[run.size() / 3];
      long to = run.times()[run.size() / 2];
      SampleColumns part = new SampleColumns(16);
      read(pack, pack.length).decode(numbers.get(i), run.hasStartTimes(), loader, from, to, part);
      assertThat(part.size()).as(where).isEqualTo(run.size() / 2 - run.size() / 3 + 1);
    }
  }

  private static long[][] rows(SampleColumns run) {
    long[] starts = new long[run.size()];
    Arrays.setAll(starts, run::startTime);
    return new long[][] {
      Arrays.copyOf(run.times(), run.size()), Arrays.copyOf(run.valueBits(), run.size()), starts
    };
  }

  private static SampleColumns run(Random random) {
    int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 5_000 : 400);
    SampleColumns run = new SampleColumns(count);
    long time = T0 + random.nextInt(1_000_000);
    int shape = random.nextInt(9);
    boolean starts = random.nextInt(4) == 0;
    boolean jitter = random.nextBoolean();
    long counter = random.nextInt(1_000_000);
    double scale = Math.pow(10, random.nextInt(10));
    for (int i = 0; i < count; i++) {
      time += jitter ? 15_000 + random.nextInt(20) - 10 : 15_000;
      counter += random.nextInt(500);
      long value =
          switch (shape) {
            case 0 -> bits(42);
            case 1 -> bits(counter);
            case 2 -> bits(counter / scale);
            case 3 -> bits(4096.0 * random.nextInt(100_000));
            case 4 -> bits(random.nextGaussian());
            case 5 -> random.nextLong();
            case 6 -> random.nextInt(40) == 0 ? StaleMarker.BITS : bits(counter / 100.0);
            case 7 -> bits(random.nextInt(3));
            default -> bits(0.000_1 + random.nextInt(100_000) / 1e9);
          };
      run.add(time, value, starts ? T0 - 1_000L * (i / 50) : 0);
    }
    return run;
  }

  private static Pack read(byte[] from, int length) {
    return Pack.read(from, length, new ZstdJavaDecompressor());
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }
}
