package io.evenkeel.hub.incident;

import io.evenkeel.model.Text;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// When something holds: once from one moment to another, or each week on some days from a time of
/// day on.
///
/// @param startsAt epoch milliseconds; for a weekly one the first moment at which it may hold
/// @param endsAt epoch milliseconds; null for a weekly one without an end
/// @param days `mon` … `sun`; empty for one that holds once
/// @param from the time of day, `22:00`
/// @param minutes how long it holds from then on, over midnight too
/// @param zone the zone of days and time
public record Schedule(
    long startsAt,
    @Nullable Long endsAt,
    List<String> days,
    @Nullable String from,
    int minutes,
    @Nullable String zone) {
  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

  public Schedule {
    days = List.copyOf(days);
  }

  /// What is wrong with it, or [Text#NONE].
  Text problem() {
    Long end = endsAt;
    if (end != null && end <= startsAt) {
      return Text.of("The end is not after the begin.", "结束时间须晚于开始时间。");
    }
    if (days.isEmpty()) {
      return end == null ? Text.of("Enter when it ends.", "请填写结束时间。") : Text.NONE;
    }
    if (!DAYS.containsAll(days)) {
      String days = String.join(", ", DAYS);
      return Text.of("The days are " + days + ".", "星期为 " + days + "。");
    }
    if (minutes < 1 || minutes > 7 * 24 * 60) {
      return Text.of("It lasts 1 minute to 7 days.", "持续时间为 1 分钟至 7 天。");
    }
    try {
      var time = LocalTime.parse(from == null ? "" : from);
      var place = ZoneId.of(zone == null ? "" : zone);
      return time != null && place != null
          ? Text.NONE
          : Text.of("Enter a time and a zone.", "请填写时刻和时区。");
    } catch (DateTimeException e) {
      return Text.of(
          "Enter a time such as 22:00 and a zone such as Europe/Berlin.",
          "请按 22:00 和 Asia/Shanghai 的形式填写时刻和时区。");
    }
  }

  /// Whether it holds at a moment.
  boolean holdsAt(long millis) {
    Long end = endsAt;
    if (millis < startsAt || end != null && millis >= end) {
      return false;
    }
    if (days.isEmpty()) {
      return true;
    }
    ZonedDateTime now = Instant.ofEpochMilli(millis).atZone(ZoneId.of(zone == null ? "UTC" : zone));
    LocalTime begin = LocalTime.parse(from == null ? "00:00" : from);
    for (int back = 0; back <= 7; back++) {
      ZonedDateTime opened = now.minusDays(back).with(begin);
      if (days.contains(word(opened.getDayOfWeek()))
          && !now.isBefore(opened)
          && now.isBefore(opened.plusMinutes(minutes))) {
        return true;
      }
    }
    return false;
  }

  private static String word(DayOfWeek day) {
    return day.name().substring(0, 3).toLowerCase(Locale.ROOT);
  }
}
