package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.notify.channel.Notice.Item;
import io.evenkeel.hub.notify.channel.Notice.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Messages for tests.
public final class Letters {
  public static final long NOON = 1_795_348_800_000L;

  private Letters() {}

  public static Notice notice(Kind kind, String incident, long sequence) {
    return notice(kind, incident, sequence, "The disk /var is full soon", 1);
  }

  public static Notice notice(
      Kind kind, String incident, long sequence, String summary, int alerts) {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < alerts; i++) {
      items.add(
          new Item(
              !kind.isEnd(),
              Map.of("alertname", "FsLow", "instance", "web-1", "severity", "critical"),
              Map.of("summary", summary, "summary_zh", "磁盘 /var 即将写满", "next_step", "Look at du"),
              0.973,
              "> 0.9",
              NOON,
              kind.isEnd() ? NOON + 60_000 : null,
              "f" + i,
              ""));
    }
    return new Notice(
        kind,
        incident,
        sequence,
        "critical",
        "FsLow",
        "web-1",
        Map.of("alertname", "FsLow"),
        items,
        0,
        NOON,
        kind.isEnd() ? NOON + 60_000 : null,
        "https://hub.example.org/alerts/incidents/" + incident,
        "{}:{alertname=\"FsLow\"}",
        null);
  }

  public static Letter letter(Notice notice, String address, Language language) {
    return new Letter(
        "0123456789abcdef0123456789abcdef", notice, new Recipient(address, language), "");
  }

  public static Letter letter(String address) {
    return letter(notice(Kind.FIRED, "i1", 1), address, Language.EN);
  }
}
