package io.evenkeel.bench.codec;

import io.evenkeel.bench.load.Recording;
import io.evenkeel.bench.load.ReplayedHost;
import io.evenkeel.model.SampleBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Packs what replayed hosts report by every candidate and prints bytes per sample and the time it
/// takes; each must give back the very bits.
///
/// Arguments: folder of a recording, hosts, samples per run, runs packed together (neighbours: the
/// same series of as many hosts).
public final class CodecBakeOff {
  private CodecBakeOff() {}

  public static void main(String[] arguments) throws IOException {
    Recording recording = Recording.read(Path.of(arguments[0]));
    int hosts = Integer.parseInt(arguments[1]);
    int length = Integer.parseInt(arguments[2]);
    int together = Integer.parseInt(arguments[3]);
    List<long[][]> groups = groups(recording, hosts, length, together);
    System.out.printf("%d hosts, %d samples a run, %d runs together%n", hosts, length, together);
    for (ValueCodec codec :
        List.of(
            new Gorilla(), new HeadCodec(), new AlpLike(), new DecimalZstd(), new DecimalSplit())) {
      measure(codec, groups);
    }
  }

  private static List<long[][]> groups(Recording recording, int hosts, int length, int together) {
    int all = recording.series().size();
    long[][][] values = new long[all][hosts][length];
    for (int h = 0; h < hosts; h++) {
      ReplayedHost host = new ReplayedHost(recording, h, all);
      SampleBatch batch = new SampleBatch();
      for (int round = 0; round < length; round++) {
        host.scrape(batch, round);
        if (batch.sampleCount() != all) {
          throw new IllegalStateException("a page lacks series; record again");
        }
        for (int i = 0; i < all; i++) {
          values[i][h][round] = batch.valueBits(i);
        }
        batch.clear();
      }
    }
    List<long[][]> groups = new ArrayList<>();
    for (long[][] series : values) {
      for (int begin = 0; begin < hosts; begin += together) {
        groups.add(Arrays.copyOfRange(series, begin, Math.min(hosts, begin + together)));
      }
    }
    return groups;
  }

  private static void measure(ValueCodec codec, List<long[][]> groups) {
    byte[] packed = new byte[64 << 20];
    long bytes = 0;
    long samples = 0;
    long encoding = 0;
    long decoding = 0;
    for (int round = 0; round < 2; round++) {
      bytes = 0;
      samples = 0;
      encoding = 0;
      decoding = 0;
      for (long[][] group : groups) {
        long begin = System.nanoTime();
        int size = codec.encode(group, packed);
        encoding += System.nanoTime() - begin;
        long[][] back = new long[group.length][group[0].length];
        begin = System.nanoTime();
        codec.decode(packed, size, back);
        decoding += System.nanoTime() - begin;
        if (!Arrays.deepEquals(group, back)) {
          throw new IllegalStateException(codec.name() + " lost something");
        }
        bytes += size;
        samples += (long) group.length * group[0].length;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "  %-52s %6.3f bytes/sample, encode %6.1f ns, decode %6.1f ns%n",
        codec.name(),
        (double) bytes / samples,
        (double) encoding / samples,
        (double) decoding / samples);
  }
}
