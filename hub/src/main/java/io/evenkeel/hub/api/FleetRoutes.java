package io.evenkeel.hub.api;

import io.evenkeel.hub.fleet.Fleet;
import io.evenkeel.hub.fleet.FleetPage;
import io.evenkeel.hub.fleet.FleetQuery;
import io.evenkeel.hub.fleet.FleetStatus;
import io.evenkeel.hub.fleet.HostAttributeBook;
import io.evenkeel.hub.fleet.HostAttributes;
import io.evenkeel.hub.fleet.StatusStrips;
import io.evenkeel.hub.security.Access;
import io.evenkeel.model.Text;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The hosts as one fleet, and what people say of them.
public final class FleetRoutes {
  /// @param strips by host name, one letter for each half hour of the last 24 hours, the oldest
  ///   first: ok, an alert fired (w), a critical one (c), down (d), nothing known (.)
  public record Strips(Map<String, String> strips) {}

  private static final int USUAL = 60;
  private static final int MOST = 500;
  private static final int DEEPEST = 20_000;

  private final Fleet fleet;
  private final StatusStrips strips;
  private final HostAttributeBook attributes;

  public FleetRoutes(Fleet fleet, StatusStrips strips, HostAttributeBook attributes) {
    this.fleet = fleet;
    this.strips = strips;
    this.attributes = attributes;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/fleet",
            Access.VIEWER,
            "Lists hosts with how they are, by `q`, `status`, `group`, `tag` and `agent`"
                + " (outdated: of an older version than the hub), in the order of"
                + " `sort` (-cpu: largest first), page by page (`page` from 1 on, `limit` hosts each).",
            FleetPage.class,
            exchange -> exchange.answer(fleet.page(query(exchange)))),
        Route.get(
            "/api/hub/v1/fleet/strips",
            Access.VIEWER,
            "Tells how hosts (`names`, separated by commas) were in each half hour of a day.",
            Strips.class,
            this::strips),
        Route.put(
            "/api/hub/v1/hosts/{id}/attributes",
            Access.OPERATOR,
            "Sets the group, the owner and the tags of a host.",
            HostAttributes.class,
            HostAttributes.class,
            exchange ->
                exchange.answer(
                    Outcomes.resultOf(
                        attributes.change(
                            exchange.variable("id"),
                            exchange.json(HostAttributes.class),
                            exchange.caller().auditName())))));
  }

  private static FleetQuery query(Exchange exchange) {
    int limit = exchange.count("limit", USUAL, MOST);
    String sort = exchange.parameter("sort").orElse("status");
    boolean descending = sort.startsWith("-") || sort.equals("status");
    String column = sort.startsWith("-") ? sort.substring(1) : sort;
    return new FleetQuery(
        Arrays.stream(exchange.parameter("q").orElse("").strip().split("\\s+", -1))
            .filter(word -> !word.isEmpty())
            .toList(),
        statuses(exchange.parameter("status").orElse("")),
        exchange.parameter("group").orElse(null),
        exchange.parameter("tag").orElse(null),
        outdated(exchange.parameter("agent").orElse("")),
        FleetQuery.Column.of(column)
            .orElseThrow(() ->
                ApiException.badField(
                    "sort",
                    Text.of(
                        "'"
                            + column
                            + "' is no column: "
                            + Arrays.toString(FleetQuery.Column.values()).toLowerCase(Locale.ROOT),
                        "没有列“"
                            + column
                            + "”，可选："
                            + Arrays.toString(FleetQuery.Column.values())
                                .toLowerCase(Locale.ROOT)))),
        descending,
        (exchange.count("page", 1, DEEPEST) - 1) * limit,
        limit);
  }

  private static boolean outdated(String agent) {
    if (!agent.isEmpty() && !agent.equals("outdated")) {
      throw ApiException.badField(
          "agent", Text.of("The agent is 'outdated', or not said.", "agent 只能是 outdated，或不填。"));
    }
    return !agent.isEmpty();
  }

  private static Set<FleetStatus> statuses(String text) {
    Set<FleetStatus> statuses = EnumSet.noneOf(FleetStatus.class);
    for (String word : text.split(",", -1)) {
      if (!word.isBlank()) {
        try {
          statuses.add(FleetStatus.valueOf(word.strip().toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
          throw ApiException.badField(
              "status",
              Text.of(
                  "The status is down, critical, warning, maintenance or ok.",
                  "状态为 down、critical、warning、maintenance 或 ok。"));
        }
      }
    }
    return statuses;
  }

  private void strips(Exchange exchange) throws InterruptedException {
    List<String> names =
        exchange.parameters("names").stream()
            .flatMap(text -> Arrays.stream(text.split(",", -1)))
            .filter(name -> !name.isEmpty())
            .distinct()
            .toList();
    if (names.size() > StatusStrips.MOST_HOSTS) {
      throw ApiException.badField(
          "names",
          Text.of(
              "At most " + StatusStrips.MOST_HOSTS + " hosts are asked for at once.",
              "一次最多查询 " + StatusStrips.MOST_HOSTS + " 台服务器。"));
    }
    exchange.answer(new Strips(strips.of(names)));
  }
}
