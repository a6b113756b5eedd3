package io.evenkeel.hub.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.hub.processes.ProcessLog.Retention;
import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.ProcessSnapshot.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLogTest {
  private static final long NOON = Instant.parse("2026-11-23T12:00:00Z").toEpochMilli();
  private static final long DAY = 86_400_000;

  @TempDir Path folder;

  private ProcessLog open() {
    return new ProcessLog(folder, Retention.DEFAULT);
  }

  private static ProcessSnapshot snapshot(long time, int processes) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < processes; i++) {
      entries.add(
          new Entry(
              1000 + i,
              "worker-" + i % 7 + "-测",
              "user" + i % 3,
              i % 2 == 0 ? "" : "app.service",
              i == 0 ? 'R' : 'S',
              i % 5 == 0 ? OptionalDouble.empty() : OptionalDouble.of(i * 125 / 10_000.0),
              4096L * i * i,
              i % 4 == 0 ? OptionalDouble.empty() : OptionalDouble.of(i * 1000),
              i % 4 == 0 ? OptionalDouble.empty() : OptionalDouble.of(0),
              i + 1,
              i % 3 == 0 ? OptionalLong.empty() : OptionalLong.of(i)));
    }
    return new ProcessSnapshot(time, 10_000, entries);
  }

  @Test
  void the_snapshot_at_or_before_a_time_comes_back_whole() {
    try (ProcessLog log = open()) {
      for (int i = 0; i < 2000; i++) {
        log.append("h1", snapshot(NOON + i * 10_000L, 1 + i % 30));
      }
      assertThat(log.at("h1", NOON - 1)).isEmpty();
      assertThat(log.at("h1", NOON)).contains(snapshot(NOON, 1));
      assertThat(log.at("h1", NOON + 9_999)).contains(snapshot(NOON, 1));
      for (int i : new int[] {1, 179, 180, 181, 777, 1999}) {
        assertThat(log.at("h1", NOON + i * 10_000L + 5))
            .contains(snapshot(NOON + i * 10_000L, 1 + i % 30));
      }
      assertThat(log.at("h2", NOON)).isEmpty();
    }
  }

  @Test
  void a_day_without_an_earlier_snapshot_is_answered_from_the_day_before() {
    try (ProcessLog log = open()) {
      log.append("h1", snapshot(NOON, 3));
      log.append("h1", snapshot(NOON + DAY, 4));
      assertThat(log.at("h1", NOON + DAY - 1)).contains(snapshot(NOON, 3));
    }
  }

  @Test
  void snapshots_survive_a_restart_and_more_can_follow() {
    try (ProcessLog log = open()) {
      log.append("h1", snapshot(NOON, 3));
    }
    try (ProcessLog log = open()) {
      assertThat(log.at("h1", NOON + 1)).contains(snapshot(NOON, 3));
      log.append("h1", snapshot(NOON + 10_000, 5));
      assertThat(log.at("h1", NOON + 10_000)).contains(snapshot(NOON + 10_000, 5));
      assertThat(log.at("h1", NOON + 1)).contains(snapshot(NOON, 3));
    }
  }

  @Test
  void what_was_written_without_closing_is_there_for_the_next_process() {
    ProcessLog killed = open();
    killed.append("h1", snapshot(NOON, 3));
    try (ProcessLog log = open()) {
      assertThat(log.at("h1", NOON)).contains(snapshot(NOON, 3));
    }
    killed.close();
  }

  @Test
  void a_file_cut_at_any_byte_keeps_every_whole_record_and_goes_on() throws IOException {
    Path original = folder.resolve("original");
    int records = 6;
    List<Long> ends = new ArrayList<>();
    try (DayFile file = DayFile.openForWriting(original)) {
      for (int i = 0; i < records; i++) {
        file.append(snapshot(NOON + i, 3));
        ends.add(file.sizeBytes());
      }
    }
    byte[] whole = Files.readAllBytes(original);
    for (int length = 0; length <= whole.length; length++) {
      Path torn = folder.resolve("torn");
      Files.write(torn, Arrays.copyOf(whole, length));
      int cut = length;
      int kept = (int) ends.stream().filter(end -> end <= cut).count();
      try (DayFile file = DayFile.openForWriting(torn)) {
        long lastEnd = kept == 0 ? Math.min(length < 8 ? 0 : 8, length) : ends.get(kept - 1);
        assertThat(file.cutBytes()).isEqualTo(length - lastEnd);
        file.append(snapshot(NOON + 100, 4));
        if (kept > 0) {
          assertThat(file.at(NOON + 99)).contains(snapshot(NOON + kept - 1, 3));
        } else {
          assertThat(file.at(NOON + 99)).isEmpty();
        }
        assertThat(file.at(NOON + 100)).contains(snapshot(NOON + 100, 4));
      }
    }
  }

  @Test
  void a_flipped_bit_never_gives_a_wrong_snapshot() throws IOException {
    Path original = folder.resolve("original");
    try (DayFile file = DayFile.openForWriting(original)) {
      for (int i = 0; i < 4; i++) {
        file.append(snapshot(NOON + i, 2));
      }
    }
    byte[] whole = Files.readAllBytes(original);
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Path damaged = folder.resolve("damaged");
      Files.write(damaged, flipped);
      try (DayFile file = DayFile.openForReading(damaged)) {
        file.at(NOON + 3)
            .ifPresent(found -> assertThat(found).isEqualTo(snapshot(found.timestampMillis(), 2)));
      }
    }
  }

  @Test
  void the_oldest_days_go_when_there_are_more_than_are_kept() throws IOException {
    try (ProcessLog log = new ProcessLog(folder, new Retention(3, 1 << 20))) {
      for (int day = 0; day < 6; day++) {
        log.append("h1", snapshot(NOON + day * DAY, 3));
      }
      assertThat(files()).containsExactly("2026-11-26", "2026-11-27", "2026-11-28");
      assertThat(log.at("h1", NOON + 2 * DAY)).isEmpty();
      assertThat(log.at("h1", NOON + 3 * DAY)).isPresent();
    }
  }

  @Test
  void the_oldest_days_go_when_a_host_takes_too_much_room() throws IOException {
    try (ProcessLog log = new ProcessLog(folder, new Retention(15, 3000))) {
      for (int day = 0; day < 6; day++) {
        log.append("h1", snapshot(NOON + day * DAY, 40));
      }
      assertThat(files()).hasSizeLessThan(5).contains("2026-11-28");
    }
  }

  @Test
  void a_snapshot_out_of_order_is_left_out() {
    try (ProcessLog log = open()) {
      log.append("h1", snapshot(NOON, 3));
      log.append("h1", snapshot(NOON - 5, 9));
      assertThat(log.at("h1", NOON)).contains(snapshot(NOON, 3));
      assertThat(log.at("h1", NOON - 1)).isEmpty();
    }
  }

  @Test
  void a_days_worth_of_thirty_processes_stays_small() throws IOException {
    try (ProcessLog log = open()) {
      for (int i = 0; i < 360; i++) {
        log.append("h1", snapshot(NOON + i * 10_000L, 30));
      }
    }
    long bytesPerDay = 24 * Files.size(folder.resolve("h1/2026-11-23.snapshots"));
    assertThat(bytesPerDay).isLessThan(6L << 20);
  }

  @Test
  void an_id_that_could_leave_the_folder_is_refused() {
    try (ProcessLog log = open()) {
      assertThatThrownBy(() -> log.at("../etc", NOON)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("h1"))) {
      return files.map(f -> f.getFileName().toString().substring(0, 10)).sorted().toList();
    }
  }
}
