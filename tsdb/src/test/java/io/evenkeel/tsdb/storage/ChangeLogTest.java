package io.evenkeel.tsdb.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChangeLogTest {
  private static final long MINUTE = 60_000;
  private final ChangeLog log = new ChangeLog();

  @Test
  void nothing_has_changed_where_nothing_was_stored_since() {
    log.stored(0, 10 * MINUTE);
    long since = log.now();
    assertThat(log.isUnchanged(since, Long.MIN_VALUE, Long.MAX_VALUE)).isTrue();
    log.stored(10 * MINUTE, 11 * MINUTE);
    assertThat(log.isUnchanged(since, 0, 10 * MINUTE - 1)).isTrue();
    assertThat(log.isUnchanged(since, 0, 10 * MINUTE)).isFalse();
    assertThat(log.isUnchanged(since, 12 * MINUTE, Long.MAX_VALUE)).isTrue();
  }

  @Test
  void what_is_older_than_it_remembers_counts_as_one() {
    log.stored(100_000 * MINUTE, 100_000 * MINUTE);
    long since = log.now();
    log.stored(5, 5);
    assertThat(log.isUnchanged(since, 7 * MINUTE, 7 * MINUTE)).isFalse();
    assertThat(log.isUnchanged(since, 99_000 * MINUTE, 100_000 * MINUTE)).isTrue();
  }

  @Test
  void a_removal_without_ends_concerns_all() {
    log.stored(0, 100 * MINUTE);
    long since = log.now();
    log.removed(Long.MIN_VALUE, Long.MAX_VALUE);
    assertThat(log.isUnchanged(since, 3 * MINUTE, 4 * MINUTE)).isFalse();
    assertThat(log.isUnchanged(since, -4 * MINUTE, -3 * MINUTE)).isFalse();
  }

  @Test
  void samples_of_the_newest_two_minutes_are_not_settled() {
    log.stored(0, 10 * MINUTE + 17);
    assertThat(log.settledBeforeMillis()).isEqualTo(9 * MINUTE);
  }

  /// A change may be suspected where there was none, never the other way round.
  @Test
  void no_change_is_overlooked() {
    long seed = 20261126;
    Random random = new Random(seed);
    record Change(long number, long from, long to) {}
    List<Change> changes = new ArrayList<>();
    long newest = 0;
    for (int i = 0; i < 2_000; i++) {
      long from = newest + (random.nextInt(6_000) - 4_500) * MINUTE / (1 + random.nextInt(50));
      long to = from + random.nextInt(300_000);
      if (random.nextInt(10) == 0) {
        log.removed(from, to);
        to = Math.min(to, newest);
      } else {
        log.stored(from, to);
        newest = Math.max(newest, to);
      }
      if (from <= to) {
        changes.add(new Change(log.now(), from, to));
      }
      long since = changes.get(random.nextInt(changes.size())).number();
      long askFrom = newest - random.nextLong(6_000 * MINUTE);
      long askTo = askFrom + random.nextLong(100 * MINUTE);
      boolean changed =
          changes.stream()
              .anyMatch(c -> c.number() > since && c.from() <= askTo && c.to() >= askFrom);
      assertThat(changed && log.isUnchanged(since, askFrom, askTo)).as("seed %d", seed).isFalse();
    }
  }
}
