package io.evenkeel.hub.api;

import io.evenkeel.hub.incident.Incident;
import io.evenkeel.hub.incident.Incidents;
import io.evenkeel.hub.incident.LabelMatcher;
import io.evenkeel.hub.incident.Routing;
import io.evenkeel.hub.incident.Schedule;
import io.evenkeel.hub.incident.Silence;
import io.evenkeel.hub.security.Access;
import io.evenkeel.model.Text;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Incidents, silences and routing. Times are epoch milliseconds.
public final class IncidentRoutes {
  public record IncidentList(List<Incidents.Line> incidents, Incidents.Statistics statistics) {}

  public record IncidentDetail(
      Incident incident,
      List<Incident.Alert> alerts,
      List<Incident.Event> events,
      List<String> willTell,
      List<ChannelRoutes.Message> messages) {}

  /// @param minutes until it ends by itself; 0 for never
  public record Acknowledgement(int minutes) {}

  public record Assignment(String assignee) {}

  public record Comment(String text) {}

  public record Silences(List<SilenceNow> silences) {}

  /// @param active whether it holds now
  public record SilenceNow(Silence silence, boolean active) {}

  public record NewSilence(
      List<LabelMatcher> matchers, Schedule schedule, boolean maintenance, String comment) {}

  /// @param routing the tree to try, which need not be kept yet
  public record RoutingTest(Routing routing, Map<String, String> labels) {}

  private static final int USUAL = 100;
  private static final int MOST = 500;

  private final Incidents incidents;
  private final InstantSource clock;

  public IncidentRoutes(Incidents incidents, InstantSource clock) {
    this.incidents = incidents;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/incidents",
            Access.VIEWER,
            "Lists incidents by `state`, `severity`, `q`, `from` and `to`, newest first.",
            IncidentList.class,
            this::list),
        Route.get(
            "/api/hub/v1/incidents/{id}",
            Access.VIEWER,
            "Tells everything about an incident.",
            IncidentDetail.class,
            this::detail),
        Route.post(
            "/api/hub/v1/incidents/{id}/acknowledge",
            Access.OPERATOR,
            "Says that somebody takes care of an incident.",
            Acknowledgement.class,
            Incident.class,
            exchange ->
                exchange.answer(
                    Outcomes.resultOf(
                        incidents.acknowledge(
                            exchange.variable("id"),
                            exchange.json(Acknowledgement.class).minutes(),
                            actor(exchange))))),
        Route.post(
            "/api/hub/v1/incidents/{id}/assign",
            Access.OPERATOR,
            "Hands an incident to somebody; an empty name takes it back.",
            Assignment.class,
            Incident.class,
            exchange ->
                exchange.answer(
                    Outcomes.resultOf(
                        incidents.assign(
                            exchange.variable("id"),
                            exchange.json(Assignment.class).assignee(),
                            actor(exchange))))),
        Route.post(
            "/api/hub/v1/incidents/{id}/comment",
            Access.OPERATOR,
            "Adds a comment to an incident's timeline.",
            Comment.class,
            Incident.class,
            exchange ->
                exchange.answer(
                    Outcomes.resultOf(
                        incidents.comment(
                            exchange.variable("id"),
                            exchange.json(Comment.class).text(),
                            actor(exchange))))),
        Route.get(
            "/api/hub/v1/silences",
            Access.VIEWER,
            "Lists silences and maintenance windows that are not over.",
            Silences.class,
            exchange ->
                exchange.answer(
                    new Silences(
                        incidents.silences().stream()
                            .map(one -> new SilenceNow(one, incidents.holdsNow(one)))
                            .toList()))),
        Route.post(
            "/api/hub/v1/silences",
            Access.OPERATOR,
            "Silences alerts by matchers, once or each week.",
            NewSilence.class,
            Silence.class,
            exchange -> {
              NewSilence entered = exchange.json(NewSilence.class);
              exchange.answer(
                  Outcomes.resultOf(
                      incidents.silence(
                          entered.matchers(),
                          entered.schedule(),
                          entered.maintenance(),
                          entered.comment(),
                          actor(exchange))));
            }),
        Route.delete(
            "/api/hub/v1/silences/{id}",
            Access.OPERATOR,
            "Ends a silence.",
            exchange -> {
              Outcomes.resultOf(incidents.endSilence(exchange.variable("id"), actor(exchange)));
              exchange.done();
            }),
        Route.get(
            "/api/hub/v1/settings/routing",
            Access.VIEWER,
            "Tells who is told of what.",
            Routing.class,
            exchange -> exchange.answer(incidents.routing())),
        Route.put(
            "/api/hub/v1/settings/routing",
            Access.ADMIN,
            "Sets who is told of what.",
            Routing.class,
            Routing.class,
            exchange ->
                exchange.answer(
                    Outcomes.resultOf(
                        incidents.route(exchange.json(Routing.class), actor(exchange))))),
        Route.post(
                "/api/hub/v1/settings/routing/test",
                Access.VIEWER,
                "Tells where an alert with some labels would go.",
                RoutingTest.class,
                Incidents.Destination.class,
                exchange -> {
                  RoutingTest test = exchange.json(RoutingTest.class);
                  exchange.answer(
                      Outcomes.resultOf(incidents.destination(test.routing(), test.labels())));
                })
            .thatOnlyReads());
  }

  private static String actor(Exchange exchange) {
    return exchange.caller().auditName();
  }

  private void list(Exchange exchange) {
    List<Incident.State> states = new ArrayList<>();
    for (String word : exchange.parameter("state").orElse("").split(",", -1)) {
      if (!word.isBlank()) {
        try {
          states.add(Incident.State.valueOf(word.strip().toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
          throw ApiException.badField(
              "state",
              Text.of(
                  "The state is open, acknowledged, resolved or closed.",
                  "状态为 open、acknowledged、resolved 或 closed。"));
        }
      }
    }
    exchange.answer(
        new IncidentList(
            incidents.search(
                states,
                exchange.parameter("severity").orElse(""),
                exchange.parameter("q").orElse(""),
                time(exchange, "from", 0),
                time(exchange, "to", clock.millis() + 60_000),
                exchange.count("limit", USUAL, MOST)),
            incidents.statistics()));
  }

  private static long time(Exchange exchange, String name, long usual) {
    String text = exchange.parameter(name).orElse("");
    if (text.isEmpty()) {
      return usual;
    }
    if (!text.matches("\\d{1,15}")) {
      throw ApiException.badField(
          name,
          Text.of("'" + name + "' is a time in epoch milliseconds.", "“" + name + "”是以毫秒计的时间戳。"));
    }
    return Long.parseLong(text);
  }

  private void detail(Exchange exchange) {
    String id = exchange.variable("id");
    Incidents.Detail detail =
        incidents
            .find(id)
            .orElseThrow(() ->
                ApiException.notFound(
                    Text.of(
                        "There is no incident with the id '" + id + "'.",
                        "没有 ID 为“" + id + "”的事件。")));
    List<ChannelRoutes.Message> messages =
        detail.messages().stream()
            .map(row -> ChannelRoutes.message(row, exchange.caller()))
            .toList();
    exchange.answer(
        new IncidentDetail(
            detail.incident(), detail.alerts(), detail.events(), detail.willTell(), messages));
  }
}
