package io.evenkeel.model.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Cuts of the line, from one second to a day, under a simulated clock: one request a second goes
/// in, none comes out while the line is cut.
class DiskBufferTest {
  /// A tenth of what an agent sends, as are the buffers here.
  private static final int REQUEST_BYTES = 900;

  private static final long DAY_SECONDS = 86_400;

  @TempDir Path folder;

  private static byte[] request(long number, int bytes) {
    return ByteBuffer.allocate(Math.max(Long.BYTES, bytes)).putLong(0, number).array();
  }

  private static long number(byte[] request) {
    return ByteBuffer.wrap(request).getLong(0);
  }

  private static List<Long> drain(DiskBuffer buffer) {
    List<Long> numbers = new ArrayList<>();
    for (Optional<byte[]> next = buffer.oldest(); next.isPresent(); next = buffer.oldest()) {
      numbers.add(number(next.get()));
      buffer.remove(next.get());
    }
    return numbers;
  }

  @Test
  void the_disk_is_not_touched_while_the_hub_takes_requests() throws IOException {
    try (DiskBuffer buffer = DiskBuffer.open(folder, 1 << 20)) {
      for (int i = 0; i < 1_000; i++) {
        buffer.add(request(i, REQUEST_BYTES));
        buffer.remove(buffer.oldest().orElseThrow());
      }
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files).isEmpty();
      }
    }
  }

  @Test
  void short_cuts_lose_nothing_and_long_ones_lose_the_oldest_and_count_them() throws IOException {
    Random random = new Random(42);
    for (int run = 0; run < 4; run++) {
      cut(random, 1 + random.nextLong(12_000), 3 << 20, run);
    }
  }

  @Test
  @Tag("long")
  void two_hundred_cuts_from_a_second_to_a_day() throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    long lossless = 0;
    for (int run = 0; run < 200; run++) {
      // Evenly spread over the orders of magnitude.
      long seconds = Math.round(Math.exp(random.nextDouble() * Math.log(DAY_SECONDS)));
      lossless += cut(random, seconds, (64L << 20) / 10, run) == 0 ? 1 : 0;
    }
    System.out.println("200 cuts, " + lossless + " within the buffer");
  }

  /// One cut; answers how many requests were lost, all of them counted.
  private long cut(Random random, long seconds, long mostBytes, int run) throws IOException {
    Path own = folder.resolve("run" + run);
    DiskBuffer buffer = DiskBuffer.open(own, mostBytes);
    long dropped = 0;
    for (long second = 0; second < seconds; second++) {
      buffer.add(request(second, REQUEST_BYTES / 2 + random.nextInt(REQUEST_BYTES)));
      assertThat(buffer.diskBytes()).isLessThanOrEqualTo(mostBytes);
      if (random.nextInt(20_000) == 0) {
        // The agent is restarted in the middle of it.
        dropped += buffer.dropped();
        buffer.close();
        buffer = DiskBuffer.open(own, mostBytes);
      }
    }
    List<Long> sent = drain(buffer);
    dropped += buffer.dropped();
    buffer.close();
    assertThat(sent).isSorted().doesNotHaveDuplicates();
    assertThat(sent.size() + dropped).as("%d s", seconds).isEqualTo(seconds);
    assertThat(sent.getLast()).isEqualTo(seconds - 1);
    assertThat(sent.getFirst()).as("the oldest are dropped").isEqualTo(dropped);
    boolean fits = seconds * REQUEST_BYTES * 3 / 2 < mostBytes - DiskBuffer.PORTION;
    if (fits) {
      assertThat(dropped).isZero();
    }
    return dropped;
  }

  @Test
  void what_waits_survives_a_stop_in_its_order() throws IOException {
    try (DiskBuffer buffer = DiskBuffer.open(folder, 1 << 20)) {
      for (int i = 0; i < 100; i++) {
        buffer.add(request(i, 10_000));
      }
    }
    try (DiskBuffer buffer = DiskBuffer.open(folder, 2 << 20)) {
      buffer.add(request(100, 10));
      assertThat(buffer.waiting()).isEqualTo(101);
      List<Long> numbers = drain(buffer);
      assertThat(numbers).hasSize(101).isSorted();
    }
  }

  @Test
  void a_damaged_file_loses_only_what_follows_the_damage_and_counts_it() throws IOException {
    try (DiskBuffer buffer = DiskBuffer.open(folder, 4 << 20)) {
      for (int i = 0; i < 20; i++) {
        buffer.add(request(i, 1_000));
      }
    }
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[8 + 5 * 1_008 + 100] ^= 1;
    Files.write(file, bytes);
    try (DiskBuffer buffer = DiskBuffer.open(folder, 4 << 20)) {
      assertThat(drain(buffer)).containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(buffer.dropped()).isEqualTo(15);
    }
  }

  @Test
  void a_disk_that_takes_nothing_costs_the_oldest_and_no_error() throws IOException {
    Path gone = folder.resolve("gone");
    DiskBuffer buffer = DiskBuffer.open(gone, 4 << 20);
    Files.delete(gone);
    for (int i = 0; i < 1_000; i++) {
      buffer.add(request(i, 9_000));
    }
    List<Long> numbers = drain(buffer);
    assertThat(numbers).isSorted();
    assertThat(numbers.getLast()).isEqualTo(999);
    assertThat(numbers.size() + buffer.dropped()).isEqualTo(1_000);
    Files.createDirectories(gone);
    buffer.close();
  }
}
