package io.evenkeel.hub.settings;

import io.evenkeel.model.Text;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a host or a group is measured, where that differs from the wider setting.
///
/// @param periodSeconds one of [CollectionPeriod#ALLOWED_SECONDS]; null for the wider setting's
/// @param switchedOff collectors that are not read; null for the wider setting's, empty for none
public record HostCollection(@Nullable Integer periodSeconds, @Nullable List<String> switchedOff) {
  /// Nothing of its own.
  public static final HostCollection INHERITED = new HostCollection(null, null);

  private static final Pattern COLLECTOR = Pattern.compile("[a-z0-9_-]{1,40}");
  private static final int MOST_COLLECTORS = 64;

  public HostCollection {
    switchedOff = switchedOff == null ? null : List.copyOf(new TreeSet<>(switchedOff));
  }

  /// What is wrong with a field.
  public record Problem(String field, Text message) {}

  /// What is wrong, if anything.
  Optional<Problem> problem() {
    if (periodSeconds != null && !CollectionPeriod.ALLOWED_SECONDS.contains(periodSeconds)) {
      return Optional.of(
          new Problem(
              "periodSeconds",
              Text.of(
                  "The period is one of " + CollectionPeriod.ALLOWED_SECONDS + " seconds.",
                  "周期为 " + CollectionPeriod.ALLOWED_SECONDS + " 秒之一。")));
    }
    if (switchedOff == null) {
      return Optional.empty();
    }
    if (switchedOff.size() > MOST_COLLECTORS) {
      return Optional.of(
          new Problem(
              "switchedOff",
              Text.of(
                  "At most " + MOST_COLLECTORS + " collectors are named.",
                  "最多列出 " + MOST_COLLECTORS + " 个采集器。")));
    }
    return switchedOff.stream()
        .filter(name -> !COLLECTOR.matcher(name).matches())
        .findFirst()
        .map(name ->
            new Problem(
                "switchedOff",
                Text.of("'" + name + "' is no name of a collector.", "“" + name + "”不是采集器的名称。")));
  }
}
