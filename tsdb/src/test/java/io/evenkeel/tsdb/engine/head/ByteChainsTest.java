package io.evenkeel.tsdb.engine.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Many runs that grow between each other keep their bytes, and their room is used again.
class ByteChainsTest {
  private final ByteChains chains = new ByteChains();

  /// A run, and what it must hold.
  private static final class Run {
    private int last;
    private final ByteWriter bytes = new ByteWriter(16);
  }

  private Run begin() {
    Run run = new Run();
    run.last = chains.begin();
    return run;
  }

  private void grow(Run run, byte[] more) {
    run.last = chains.append(run.last, run.bytes.size(), more, 0, more.length);
    run.bytes.put(more, 0, more.length);
  }

  private byte[] read(Run run) {
    byte[] read = new byte[run.bytes.size() + 2];
    chains.copy(run.last, run.bytes.size(), read, 1);
    assertThat(read[0]).isZero();
    assertThat(read[read.length - 1]).isZero();
    return Arrays.copyOfRange(read, 1, read.length - 1);
  }

  @Test
  void runsThatGrowAmongOthersThatComeAndGoKeepTheirBytes() {
    Random random = new Random(7);
    List<Run> runs = new ArrayList<>();
    for (int step = 0; step < 200_000; step++) {
      int choice = random.nextInt(100);
      if (runs.isEmpty() || choice < 4) {
        runs.add(begin());
      } else if (choice < 7) {
        Run gone = runs.remove(random.nextInt(runs.size()));
        assertThat(read(gone)).isEqualTo(gone.bytes.toByteArray());
        chains.release(gone.last);
      } else {
        byte[] more = new byte[random.nextInt(choice < 10 ? 1000 : 12)];
        random.nextBytes(more);
        grow(runs.get(random.nextInt(runs.size())), more);
      }
    }
    assertThat(runs).hasSizeGreaterThan(1000);
    for (Run run : runs) {
      assertThat(read(run)).isEqualTo(run.bytes.toByteArray());
      ByteWriter written = new ByteWriter(16);
      chains.copy(run.last, run.bytes.size(), written);
      assertThat(written.toByteArray()).isEqualTo(run.bytes.toByteArray());
    }
  }

  @Test
  void whatFitsTheLastPieceMayBeWrittenInPlace() {
    Run run = begin();
    grow(run, new byte[ByteChains.PIECE]);
    assertThat(ByteChains.usedOfLast(run.bytes.size())).isEqualTo(ByteChains.PIECE);
    grow(run, new byte[] {5});
    int used = ByteChains.usedOfLast(run.bytes.size());
    assertThat(used).isEqualTo(1);
    chains.page(run.last)[chains.offset(run.last) + used] = 9;
    run.bytes.u8(9);

    assertThat(read(run)).isEqualTo(run.bytes.toByteArray());
  }

  /// With rooms that are left for larger ones, two bytes would stay behind for each that is held.
  @Test
  void runsThatGrowTogetherTakeLittleMoreThanTheyHold() {
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < 4_096; i++) {
      runs.add(begin());
    }
    byte[] more = new byte[10];
    for (int i = 0; i < 100; i++) {
      runs.forEach(run -> grow(run, more));
    }
    long held = runs.size() * 1_000L;
    assertThat(chains.bytes()).isBetween(held, held + runs.size() * (long) ByteChains.PIECE);

    runs.forEach(run -> chains.release(run.last));
    for (int i = 0; i < 500; i++) {
      grow(begin(), new byte[8_000]);
    }
    assertThat(chains.bytes()).isLessThan(held + runs.size() * (long) ByteChains.PIECE);
  }
}
