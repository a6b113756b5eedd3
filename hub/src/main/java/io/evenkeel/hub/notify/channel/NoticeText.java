package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.notify.channel.Notice.Item;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// A notice in words. Everything in it is free of control characters and bounded.
///
/// @param title one line, with the severity in words
/// @param paragraphs the rest, each of lines
/// @param link the incident's page, or an empty text
/// @param linkWords what the link is called
public record NoticeText(
    String title, List<List<String>> paragraphs, String link, String linkWords) {
  private static final int TITLE = 180;
  private static final int LINE = 600;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /// Names that say nothing to a reader of a message.
  private static final List<String> QUIET = List.of("alertname", "severity", "job");

  public static NoticeText of(Notice notice, Language language) {
    return new Writer(notice, language).write();
  }

  /// The text without any markup.
  public String plain() {
    StringBuilder out = new StringBuilder(title);
    for (List<String> paragraph : paragraphs) {
      out.append("\n\n").append(String.join("\n", paragraph));
    }
    if (!link.isEmpty()) {
      out.append("\n\n").append(linkWords).append(": ").append(link);
    }
    return out.toString();
  }

  /// The text below the title, each line escaped for a markup.
  public String body(UnaryOperator<String> escape, String lineBreak) {
    StringBuilder out = new StringBuilder();
    for (List<String> paragraph : paragraphs) {
      out.append(out.isEmpty() ? "" : "\n\n");
      out.append(String.join(lineBreak, paragraph.stream().map(escape).toList()));
    }
    return out.toString();
  }

  /// The shortest form, for SMS.
  public String brief() {
    String first =
        paragraphs.isEmpty() || paragraphs.getFirst().isEmpty()
            ? ""
            : paragraphs.getFirst().getFirst();
    return first.isEmpty() || title.contains(first) ? title : title + "\n" + first;
  }

  private record Writer(Notice notice, Language language) {
    String words(String en, String zh) {
      return language == Language.EN ? en : zh;
    }

    NoticeText write() {
      List<List<String>> paragraphs = new ArrayList<>();
      Notice.Note note = notice.note();
      if (note != null) {
        paragraphs.add(List.of(Printable.line(note.in(language), LINE)));
      }
      for (Item item : notice.alerts()) {
        paragraphs.add(item(item));
      }
      if (notice.more() > 0) {
        paragraphs.add(
            List.of(
                words(
                    "… and " + notice.more() + " more alerts", "…… 另有 " + notice.more() + " 条告警")));
      }
      List<String> times = times();
      if (!times.isEmpty()) {
        paragraphs.add(times);
      }
      return new NoticeText(title(), paragraphs, notice.url(), words("Open the incident", "打开事件"));
    }

    private String title() {
      String state =
          switch (notice.kind()) {
            case FIRED, CHANGED, REMINDER -> severity();
            case ESCALATED -> severity() + words(", nobody acknowledged", "，无人确认");
            case DIGEST ->
                notice.isOver()
                    ? words("Flapping, over now", "频繁波动，现已恢复")
                    : words("Flapping, ", "频繁波动，") + severity();
            case RESOLVED -> words("Resolved", "已恢复");
            case FIRED_AND_RESOLVED -> words("Fired and resolved", "已触发并恢复");
            case DELIVERY_PROBLEM -> words("Delivery problem", "通知投递异常");
            case TEST -> words("Test", "测试");
          };
      String subject = notice.subject().isEmpty() ? "" : " · " + notice.subject();
      String open = words("[", "【");
      String close = words("] ", "】");
      return Printable.line(open + state + close + notice.title() + subject, TITLE);
    }

    private String severity() {
      return switch (notice.severity()) {
        case "critical" -> words("Critical", "严重");
        case "warning" -> words("Warning", "警告");
        case "info" -> words("Info", "提示");
        default -> notice.severity().isEmpty() ? words("Alert", "告警") : notice.severity();
      };
    }

    private List<String> item(Item item) {
      List<String> lines = new ArrayList<>();
      String summary = item.annotation("summary", language);
      String head = summary.isEmpty() ? item.labels().getOrDefault("alertname", "") : summary;
      lines.add(
          (notice.kind() == Notice.Kind.CHANGED && !item.firing() ? words("Over: ", "已恢复：") : "")
              + head);
      Double value = item.value();
      if (value != null && !item.against().isEmpty()) {
        lines.add(
            words("Value ", "当前值 ")
                + number(value)
                + words(", condition ", "，条件 ")
                + item.against());
      }
      for (String name : List.of("description", "next_step")) {
        String text = item.annotation(name, language);
        if (!text.isEmpty() && item.firing()) {
          lines.add((name.equals("next_step") ? words("Next step: ", "下一步：") : "") + text);
        }
      }
      String labels = labels(item.labels());
      if (!labels.isEmpty()) {
        lines.add(labels);
      }
      return lines.stream().map(line -> Printable.line(line, LINE)).toList();
    }

    private static String labels(Map<String, String> labels) {
      List<String> pairs = new ArrayList<>();
      new TreeMap<>(labels)
          .forEach((name, value) -> {
            if (!QUIET.contains(name)) {
              pairs.add(name + "=" + Printable.cutUnits(value, 80));
            }
          });
      return String.join(", ", pairs);
    }

    private List<String> times() {
      if (notice.startedAt() <= 0) {
        return List.of();
      }
      List<String> lines = new ArrayList<>();
      lines.add(words("Since ", "开始于 ") + time(notice.startedAt()));
      Long end = notice.resolvedAt();
      if (end != null) {
        lines.add(
            words("Until ", "结束于 ")
                + time(end)
                + " ("
                + duration(Duration.ofMillis(Math.max(0, end - notice.startedAt())))
                + ")");
      }
      return lines;
    }

    private static String time(long millis) {
      return TIME.format(Instant.ofEpochMilli(millis));
    }

    private String duration(Duration duration) {
      long seconds = duration.toSeconds();
      if (seconds < 60) {
        return seconds + words(" s", " 秒");
      }
      long minutes = seconds / 60;
      return minutes < 60
          ? minutes + words(" min", " 分钟")
          : minutes / 60 + words(" h ", " 小时 ") + minutes % 60 + words(" min", " 分钟");
    }

    private static String number(double value) {
      if (value == Math.rint(value) && Math.abs(value) < 1e15) {
        return Long.toString((long) value);
      }
      return String.format(Locale.ROOT, "%.4g", value);
    }
  }
}
