package io.evenkeel.hub.notify.channel;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What people are told about an incident at one moment, without a language. Times are epoch
/// milliseconds.
///
/// @param sequence counts the notices of an incident, from 1
/// @param severity `critical`, `warning`, `info` or what the rule says
/// @param title the incident's name
/// @param subject what it is about, such as a host
/// @param alerts the most important of its alerts
/// @param more how many more there are
/// @param url the incident's page; empty when the hub does not know its own address
/// @param groupKey the same for all notices of the group
/// @param note words of the hub itself, for notices that are about no alert
public record Notice(
    Kind kind,
    String incidentId,
    long sequence,
    String severity,
    String title,
    String subject,
    Map<String, String> groupLabels,
    List<Item> alerts,
    int more,
    long startedAt,
    @Nullable Long resolvedAt,
    String url,
    String groupKey,
    @Nullable Note note) {
  /// Why it is told.
  public enum Kind {
    FIRED,
    /// More alerts have joined, or some are over.
    CHANGED,
    /// Nobody has acknowledged it in time.
    ESCALATED,
    /// It comes and goes: one summary instead of each change.
    DIGEST,
    /// It is still there.
    REMINDER,
    RESOLVED,
    /// It was over before it could be told.
    FIRED_AND_RESOLVED,
    /// Another channel does not deliver.
    DELIVERY_PROBLEM,
    /// Somebody tries the channel.
    TEST;

    public boolean isEnd() {
      return this == RESOLVED || this == FIRED_AND_RESOLVED;
    }
  }

  /// One alert.
  ///
  /// @param value what was measured, when it is one number
  /// @param against the condition's other side, such as `> 0.9`; empty when the rule has none
  public record Item(
      boolean firing,
      Map<String, String> labels,
      Map<String, String> annotations,
      @Nullable Double value,
      String against,
      long startsAt,
      @Nullable Long endsAt,
      String fingerprint,
      String generatorUrl) {
    public Item {
      labels = Map.copyOf(labels);
      annotations = Map.copyOf(annotations);
    }

    /// An annotation in a language: `summary_zh` before `summary`.
    String annotation(String name, Language language) {
      String plain = annotations.getOrDefault(name, "");
      return language == Language.EN
          ? plain
          : annotations.getOrDefault(name + "_" + language.code(), plain);
    }
  }

  /// Text in both languages.
  public record Note(String en, String zh) {
    String in(Language language) {
      return language == Language.EN ? en : zh;
    }
  }

  public Notice {
    groupLabels = Map.copyOf(groupLabels);
    alerts = List.copyOf(alerts);
  }

  /// Whether nothing of what it tells of is wrong any more.
  public boolean isOver() {
    return kind.isEnd() || kind == Kind.DIGEST && resolvedAt != null;
  }

  /// The same as another kind.
  public Notice as(Kind other) {
    return new Notice(
        other,
        incidentId,
        sequence,
        severity,
        title,
        subject,
        groupLabels,
        alerts,
        more,
        startedAt,
        resolvedAt,
        url,
        groupKey,
        note);
  }
}
