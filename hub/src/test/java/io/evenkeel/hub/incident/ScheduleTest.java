package io.evenkeel.hub.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Text;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// When silences and mute times hold.
class ScheduleTest {
  private static final Schedule NIGHT =
      new Schedule(0, null, List.of("fri", "sat"), "22:00", 8 * 60, "Europe/Berlin");

  private static boolean holds(Schedule schedule, String at) {
    return schedule.holdsAt(Instant.parse(at).toEpochMilli());
  }

  @Test
  void a_weekly_window_goes_over_midnight_in_its_own_zone() {
    assertThat(holds(NIGHT, "2026-11-27T20:59:59Z")).isFalse();
    assertThat(holds(NIGHT, "2026-11-27T21:00:00Z")).isTrue();
    assertThat(holds(NIGHT, "2026-11-28T04:59:59Z")).isTrue();
    assertThat(holds(NIGHT, "2026-11-28T05:00:00Z")).isFalse();
    assertThat(holds(NIGHT, "2026-11-29T04:59:59Z")).as("Saturday's, on Sunday").isTrue();
    assertThat(holds(NIGHT, "2026-11-29T21:30:00Z")).as("Sunday evening").isFalse();
  }

  @Test
  void a_weekly_window_follows_the_clocks_of_summer_time() {
    assertThat(holds(NIGHT, "2026-07-03T19:59:59Z")).isFalse();
    assertThat(holds(NIGHT, "2026-07-03T20:00:00Z")).isTrue();
  }

  @Test
  void a_window_of_a_week_holds_all_the_time() {
    Schedule week = new Schedule(0, null, List.of("mon"), "00:00", 7 * 24 * 60, "UTC");
    for (int day = 23; day < 30; day++) {
      assertThat(holds(week, "2026-11-" + day + "T23:59:00Z")).isTrue();
    }
  }

  @Test
  void one_that_holds_once_ends_at_its_end() {
    long begin = Instant.parse("2026-11-23T10:00:00Z").toEpochMilli();
    Schedule once = new Schedule(begin, begin + 60_000, List.of(), null, 0, null);
    assertThat(once.holdsAt(begin - 1)).isFalse();
    assertThat(once.holdsAt(begin)).isTrue();
    assertThat(once.holdsAt(begin + 60_000)).isFalse();
  }

  @Test
  void what_cannot_hold_says_why() {
    assertThat(new Schedule(5, 5L, List.of(), null, 0, null).problem().en()).contains("end");
    assertThat(new Schedule(0, null, List.of("moon"), "22:00", 60, "UTC").problem().en())
        .contains("days");
    assertThat(new Schedule(0, null, List.of("mon"), "22:00", 60, "Mars/Base").problem().en())
        .contains("zone");
    assertThat(NIGHT.problem()).isEqualTo(Text.NONE);
  }
}
