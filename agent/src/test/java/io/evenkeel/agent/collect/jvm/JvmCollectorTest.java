package io.evenkeel.agent.collect.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.evenkeel.agent.collect.Collected;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A machine whose Java processes are copies of a captured file with other times in it.
class JvmCollectorTest {
  private static final String SHARE = "evenkeel_jvm_gc_pause_ratio{comm=\"java\", user=\"web\"}";
  private static final String CLOSED = "evenkeel_jvm_unreadable_processes";

  @TempDir Path root;
  private final AtomicLong seconds = new AtomicLong(1_000);

  @Test
  void the_share_of_pauses_is_that_of_the_process_with_the_most() throws Exception {
    Collected collected =
        new Collected(root, () -> Instant.ofEpochSecond(seconds.get()), JvmCollector::new);
    process("101", 2_000_000_000L);
    process("102", 9_000_000_000L);
    assertThat(collected.round()).containsExactly(entry(CLOSED, 0.0));
    // Longer than a file is read before it is searched again.
    for (int round = 1; round <= 70; round++) {
      seconds.addAndGet(2);
      process("101", 2_000_000_000L + round * 500_000_000L);
      process("102", 9_000_000_000L + round * 100_000_000L);
      assertThat(collected.round()).containsOnly(entry(SHARE, 0.25), entry(CLOSED, 0.0));
    }
  }

  @Test
  void a_process_that_ended_or_is_another_by_now_tells_nothing_of_the_one_before()
      throws Exception {
    Collected collected =
        new Collected(root, () -> Instant.ofEpochSecond(seconds.get()), JvmCollector::new);
    process("101", 5_000_000_000L);
    collected.round();
    seconds.addAndGet(2);
    Files.delete(file("101"));
    assertThat(collected.round()).doesNotContainKey(SHARE);
    seconds.addAndGet(2);
    Files.write(file("101"), new byte[100]);
    assertThat(collected.round()).doesNotContainKey(SHARE);
    seconds.addAndGet(2);
    process("101", 1_000_000_000L);
    assertThat(collected.round()).doesNotContainKey(SHARE);
    seconds.addAndGet(2);
    process("101", 2_000_000_000L);
    assertThat(collected.round()).containsEntry(SHARE, 0.5);
  }

  /// The folder is one that anybody may write to.
  @Test
  @Timeout(30)
  void neither_a_pipe_nor_a_link_to_what_has_no_end_is_read() throws Exception {
    process("101", 1_000_000_000L);
    process("102", 1_000_000_000L);
    process("103", 1_000_000_000L);
    Files.delete(file("101"));
    Files.delete(file("102"));
    assertThat(new ProcessBuilder("mkfifo", file("101").toString()).start().waitFor()).isZero();
    Files.createSymbolicLink(file("102"), Path.of("/dev/zero"));
    Collected collected =
        new Collected(root, () -> Instant.ofEpochSecond(seconds.get()), JvmCollector::new);
    collected.round();
    seconds.addAndGet(2);
    process("103", 2_000_000_000L);
    assertThat(collected.round()).containsEntry(SHARE, 0.5);
  }

  private Path file(String pid) {
    return root.resolve("tmp/hsperfdata_web").resolve(pid);
  }

  /// Lets a process be there that has paused for so many nanoseconds.
  private void process(String pid, long pausedNanos) throws IOException {
    byte[] bytes = PerfDataTest.captured();
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, PerfData.Entry> entries = PerfData.longs(bytes, "sun.gc.collector.");
    for (Map.Entry<String, PerfData.Entry> entry : entries.entrySet()) {
      if (entry.getKey().endsWith(".time")) {
        data.putLong(entry.getValue().place(), 0);
      }
    }
    PerfData.Entry time = Objects.requireNonNull(entries.get("sun.gc.collector.0.time"));
    data.putLong(time.place(), pausedNanos);
    Files.createDirectories(file(pid).getParent());
    Files.write(file(pid), bytes);
    Path comm = root.resolve("proc").resolve(pid).resolve("comm");
    Files.createDirectories(comm.getParent());
    Files.writeString(comm, "java\n");
  }
}
