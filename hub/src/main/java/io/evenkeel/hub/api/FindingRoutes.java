package io.evenkeel.hub.api;

import io.evenkeel.hub.diagnose.FindingWatch;
import io.evenkeel.hub.diagnose.HostFinding;
import io.evenkeel.hub.diagnose.finding.Verdict;
import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.security.Access;
import io.evenkeel.model.Text;
import java.util.List;

/// What diagnosis found.
public final class FindingRoutes {
  public record Findings(List<HostFinding> findings) {}

  private static final int USUAL = 200;
  private static final int MOST = 1_000;

  private final FindingWatch watch;
  private final HostRegistry hosts;

  public FindingRoutes(FindingWatch watch, HostRegistry hosts) {
    this.watch = watch;
    this.hosts = hosts;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/findings",
            Access.VIEWER,
            "Lists what diagnosis found (`host`, `state=open`, `from`, `to` in ms, `limit`).",
            Findings.class,
            this::search),
        Route.get(
            "/api/hub/v1/findings/{id}",
            Access.VIEWER,
            "Tells a finding with its evidence and what was ruled out.",
            HostFinding.Detail.class,
            this::find),
        Route.get(
            "/api/hub/v1/hosts/{id}/verdict",
            Access.VIEWER,
            "Diagnoses a host now, over its last minute.",
            Verdict.class,
            this::verdict));
  }

  private void search(Exchange exchange) {
    String state = exchange.parameter("state").orElse("all");
    if (!state.equals("open") && !state.equals("all")) {
      throw ApiException.badField(
          "state", Text.of("The state is 'open' or 'all'.", "状态为 open 或 all。"));
    }
    exchange.answer(
        new Findings(
            watch.search(
                exchange.parameter("host").orElse(""),
                state.equals("open"),
                number(exchange, "from", 0),
                number(exchange, "to", Long.MAX_VALUE),
                (int) Math.clamp(number(exchange, "limit", USUAL), 1, MOST))));
  }

  private void find(Exchange exchange) {
    String id = exchange.variable("id");
    exchange.answer(
        watch
            .find(id)
            .orElseThrow(() ->
                ApiException.notFound(
                    Text.of(
                        "There is no finding with the id '" + id + "'.",
                        "没有 ID 为“" + id + "”的诊断发现。"))));
  }

  private void verdict(Exchange exchange) throws Exception {
    String id = exchange.variable("id");
    Host host =
        hosts
            .find(id)
            .orElseThrow(() ->
                ApiException.notFound(
                    Text.of("No host has the id '" + id + "'.", "没有 ID 为“" + id + "”的服务器。")));
    exchange.answer(watch.now(host.name()));
  }

  private static long number(Exchange exchange, String name, long otherwise) {
    try {
      return exchange.parameter(name).map(Long::parseLong).orElse(otherwise);
    } catch (NumberFormatException e) {
      throw ApiException.badField(
          name,
          Text.of("The value of '" + name + "' is not a whole number.", "“" + name + "”的值不是整数。"));
    }
  }
}
