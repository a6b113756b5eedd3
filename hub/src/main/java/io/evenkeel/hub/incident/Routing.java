package io.evenkeel.hub.incident;

import io.evenkeel.model.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who is told of what: a tree over labels, what inhibits what, and when nobody is told.
public record Routing(Route root, List<Inhibition> inhibitions, List<MuteTime> muteTimes) {
  /// Stands for every channel.
  public static final String EVERY_CHANNEL = "*";

  private static final int DEEPEST = 8;
  private static final int MOST_ROUTES = 500;

  /// What a new hub does: one incident for each host, told through every channel, again after four
  /// hours; a host that is down, or whose data is lost, inhibits what else is wrong on it.
  public static final Routing DEFAULT =
      new Routing(
          new Route(
              List.of(),
              List.of(EVERY_CHANNEL),
              List.of("instance"),
              false,
              4 * 3_600,
              List.of(),
              List.of(),
              List.of()),
          List.of(
              new Inhibition(
                  List.of(new LabelMatcher("alertname", "=", "HostDown")),
                  List.of(new LabelMatcher("alertname", "!=", "HostDown")),
                  List.of("instance")),
              new Inhibition(
                  List.of(new LabelMatcher("alertname", "=", "DataLost")),
                  List.of(new LabelMatcher("alertname", "!~", "HostDown|DataLost")),
                  List.of("instance"))),
          List.of());

  public Routing {
    inhibitions = List.copyOf(inhibitions);
    muteTimes = List.copyOf(muteTimes);
  }

  /// A node of the tree: the first child whose matchers fit takes an alert, and the next ones too
  /// when it says `goOn`.
  ///
  /// @param channels ids, or [#EVERY_CHANNEL]; empty takes the parent's
  /// @param groupBy labels whose values make alerts one incident; empty takes the parent's
  /// @param repeatSeconds when to tell again of what nobody acknowledged; 0 takes the parent's
  /// @param escalation who is told when nobody acknowledges
  /// @param muteTimes names of times in which nobody is told
  public record Route(
      List<LabelMatcher> matchers,
      List<String> channels,
      List<String> groupBy,
      boolean goOn,
      int repeatSeconds,
      List<Step> escalation,
      List<String> muteTimes,
      List<Route> routes) {
    public Route {
      matchers = List.copyOf(matchers);
      channels = List.copyOf(channels);
      groupBy = List.copyOf(groupBy);
      escalation = List.copyOf(escalation);
      muteTimes = List.copyOf(muteTimes);
      routes = List.copyOf(routes);
    }

    private Route under(Route parent) {
      return new Route(
          matchers,
          channels.isEmpty() ? parent.channels : channels,
          groupBy.isEmpty() ? parent.groupBy : groupBy,
          goOn,
          repeatSeconds == 0 ? parent.repeatSeconds : repeatSeconds,
          escalation.isEmpty() ? parent.escalation : escalation,
          muteTimes.isEmpty() ? parent.muteTimes : muteTimes,
          routes);
    }
  }

  /// @param afterSeconds since the incident was opened
  public record Step(int afterSeconds, List<String> channels) {
    public Step {
      channels = List.copyOf(channels);
    }
  }

  /// While an alert of the source fires, nobody is told of alerts of the target with the same
  /// values of some labels.
  public record Inhibition(
      List<LabelMatcher> source, List<LabelMatcher> target, List<String> equal) {
    public Inhibition {
      source = List.copyOf(source);
      target = List.copyOf(target);
      equal = List.copyOf(equal);
    }
  }

  public record MuteTime(String name, List<Schedule> schedules) {
    public MuteTime {
      schedules = List.copyOf(schedules);
    }

    boolean holdsAt(long millis) {
      return schedules.stream().anyMatch(schedule -> schedule.holdsAt(millis));
    }
  }

  /// What is wrong with a routing.
  public record Problem(String field, Text message) {}

  /// The route of an alert: the first match, with the channels of further matches joined.
  Route of(Map<String, String> labels) {
    List<Route> matched = new ArrayList<>();
    collect(root, labels, matched);
    Route first = matched.getFirst();
    Set<String> channels = new LinkedHashSet<>();
    matched.forEach(route -> channels.addAll(route.channels));
    return new Route(
        first.matchers,
        List.copyOf(channels),
        first.groupBy,
        false,
        first.repeatSeconds,
        first.escalation,
        first.muteTimes,
        List.of());
  }

  private static void collect(Route route, Map<String, String> labels, List<Route> into) {
    int before = into.size();
    for (Route child : route.routes) {
      if (LabelMatcher.all(child.matchers, labels)) {
        collect(child.under(route), labels, into);
        if (!child.goOn) {
          break;
        }
      }
    }
    if (into.size() == before) {
      into.add(route);
    }
  }

  /// Whether a mute time of a route holds.
  boolean isMuted(Route route, long now) {
    return muteTimes.stream()
        .anyMatch(time -> route.muteTimes.contains(time.name) && time.holdsAt(now));
  }

  /// Whether an alert is about something that depends on what other alerts are about.
  boolean canBeInhibited(Map<String, String> labels) {
    return inhibitions.stream().anyMatch(rule -> LabelMatcher.all(rule.target, labels))
        && inhibitions.stream().noneMatch(rule -> LabelMatcher.all(rule.source, labels));
  }

  /// What is wrong with it, checked as a whole.
  Optional<Problem> problem(Set<String> channelIds) {
    Set<String> names = new HashSet<>();
    for (MuteTime time : muteTimes) {
      if (time.name.isBlank() || !names.add(time.name)) {
        return Optional.of(
            new Problem(
                "muteTimes",
                Text.of("Each mute time needs a name of its own.", "每个免打扰时段须有各自的名称。")));
      }
      for (Schedule schedule : time.schedules) {
        if (!schedule.problem().saysNothing()) {
          return Optional.of(
              new Problem("muteTimes", schedule.problem().behind(Text.of(time.name, time.name))));
        }
      }
    }
    for (Inhibition inhibition : inhibitions) {
      for (List<LabelMatcher> side : List.of(inhibition.source, inhibition.target)) {
        Text wrong = LabelMatcher.problemWith(side);
        if (!wrong.saysNothing()) {
          return Optional.of(new Problem("inhibitions", wrong));
        }
      }
    }
    if (root.channels.isEmpty() || root.groupBy.isEmpty()) {
      return Optional.of(
          new Problem(
              "root",
              Text.of("The root needs channels and labels to group by.", "顶层路由须有渠道和归并标签。")));
    }
    Text wrong = problem(root, 0, new int[1], channelIds, names);
    return wrong.saysNothing() ? Optional.empty() : Optional.of(new Problem("root", wrong));
  }

  private static Text problem(
      Route route, int depth, int[] count, Set<String> channelIds, Set<String> muteTimes) {
    if (depth > DEEPEST || ++count[0] > MOST_ROUTES) {
      return Text.of(
          "The tree is too deep or has more than " + MOST_ROUTES + " routes.",
          "路由层次过深，或超过 " + MOST_ROUTES + " 条。");
    }
    Text wrong = LabelMatcher.problemWith(route.matchers);
    if (!wrong.saysNothing()) {
      return wrong;
    }
    if (depth > 0 && route.matchers.isEmpty()) {
      return Text.of("A route below the root needs matchers.", "顶层以下的路由须有匹配条件。");
    }
    List<String> channels = new ArrayList<>(route.channels);
    int last = 0;
    for (Step step : route.escalation) {
      channels.addAll(step.channels);
      if (step.afterSeconds <= last || step.afterSeconds > 7 * 86_400 || step.channels.isEmpty()) {
        return Text.of(
            "Each step of an escalation comes later than the one before, within 7 days, and names"
                + " channels.",
            "升级的每一步须晚于前一步，在 7 天之内，并指明渠道。");
      }
      last = step.afterSeconds;
    }
    for (String channel : channels) {
      if (!channel.equals(EVERY_CHANNEL) && !channelIds.contains(channel)) {
        return Text.of(
            "There is no channel with the id '" + channel + "'.", "没有 ID 为“" + channel + "”的渠道。");
      }
    }
    if (!muteTimes.containsAll(route.muteTimes)) {
      return Text.of("A route names a mute time that does not exist.", "有路由引用了不存在的免打扰时段。");
    }
    for (Route child : route.routes) {
      Text inside = problem(child, depth + 1, count, channelIds, muteTimes);
      if (!inside.saysNothing()) {
        return inside;
      }
    }
    return Text.NONE;
  }
}
