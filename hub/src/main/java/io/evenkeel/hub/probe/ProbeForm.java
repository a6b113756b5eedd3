package io.evenkeel.hub.probe;

import io.evenkeel.agent.probe.Check;
import io.evenkeel.agent.probe.CheckRules;
import io.evenkeel.agent.probe.IpFamily;
import io.evenkeel.agent.probe.Probe;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.model.Text;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A probe as somebody enters it and as it is kept: exactly one of the four checks is there.
///
/// @param from where it runs: `hub`, `server:NAME`, `group:NAME`, `tag:NAME`; null or empty for the
///   hub alone
public record ProbeForm(
    String name,
    int intervalSeconds,
    int timeoutMillis,
    IpFamily family,
    Check.@Nullable Http http,
    Check.@Nullable Tcp tcp,
    Check.@Nullable Icmp icmp,
    Check.@Nullable Dns dns,
    @Nullable List<String> from) {
  private static final int LONGEST_NAME = 64;
  private static final int MOST_PLACES = 100;
  private static final int SHORTEST_INTERVAL_SECONDS = 5;

  /// Queries look five minutes back: a series that comes seldomer would seem to end in between.
  private static final int LONGEST_INTERVAL_SECONDS = 240;

  private static final int SHORTEST_TIMEOUT_MILLIS = 100;
  private static final int LONGEST_TIMEOUT_MILLIS = 30_000;

  public ProbeForm {
    name = name.strip();
    from = from == null || from.isEmpty() ? null : List.copyOf(from);
  }

  /// The places where it runs; those that are none are left out.
  List<Place> places() {
    return from == null
        ? List.of(Place.HUB)
        : from.stream().map(Place::parse).flatMap(Optional::stream).distinct().toList();
  }

  /// The probe, or what is wrong with the first field that is.
  public Outcome<Probe> probe() {
    if (name.isEmpty()
        || name.length() > LONGEST_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      return Outcome.invalid(
          "name",
          Text.of(
              "A probe's name has 1 to " + LONGEST_NAME + " characters.",
              "拨测名称有 1 至 " + LONGEST_NAME + " 个字符。"));
    }
    if (intervalSeconds < SHORTEST_INTERVAL_SECONDS || intervalSeconds > LONGEST_INTERVAL_SECONDS) {
      return Outcome.invalid(
          "intervalSeconds",
          Text.of(
              "The interval is "
                  + SHORTEST_INTERVAL_SECONDS
                  + " to "
                  + LONGEST_INTERVAL_SECONDS
                  + " seconds.",
              "间隔为 " + SHORTEST_INTERVAL_SECONDS + " 至 " + LONGEST_INTERVAL_SECONDS + " 秒。"));
    }
    if (timeoutMillis < SHORTEST_TIMEOUT_MILLIS
        || timeoutMillis > Math.min(LONGEST_TIMEOUT_MILLIS, intervalSeconds * 1_000)) {
      return Outcome.invalid(
          "timeoutMillis",
          Text.of(
              "The timeout is 0.1 to 30 seconds, and not longer than the interval.",
              "超时为 0.1 至 30 秒，且不长于间隔。"));
    }
    List<Check> checks =
        Stream.<@Nullable Check>of(http, tcp, icmp, dns)
            .filter(Objects::nonNull)
            .map(Objects::requireNonNull)
            .toList();
    if (checks.size() != 1) {
      return Outcome.invalid(
          "http",
          Text.of(
              "A probe has exactly one of http, tcp, icmp and dns.",
              "一个拨测只能是 http、tcp、icmp 和 dns 之一。"));
    }
    if (from != null
        && (from.size() > MOST_PLACES
            || from.stream().anyMatch(place -> Place.parse(place).isEmpty()))) {
      return Outcome.invalid(
          "from",
          Text.of(
              "A probe runs from up to "
                  + MOST_PLACES
                  + " places, each of them hub, server:NAME, group:NAME or tag:NAME.",
              "拨测最多从 " + MOST_PLACES + " 处进行，每处为 hub、server:NAME、group:NAME 或 tag:NAME。"));
    }
    Check check = checks.getFirst();
    Optional<CheckRules.Problem> problem = CheckRules.problem(check);
    return problem.isPresent()
        ? Outcome.invalid(problem.get().field(), problem.get().message())
        : Outcome.done(
            new Probe(
                name,
                Duration.ofSeconds(intervalSeconds),
                Duration.ofMillis(timeoutMillis),
                family,
                check));
  }
}
