package io.evenkeel.hub.api;

import io.evenkeel.hub.gateways.GatewayOrders;
import io.evenkeel.hub.gateways.GatewayReport;
import io.evenkeel.hub.gateways.Gateways;
import io.evenkeel.hub.security.Access;
import java.util.List;
import java.util.Map;

/// Gateways of their own: what they report, what they are told, and how they are. Times are epoch
/// milliseconds.
public final class GatewayRoutes {
  public record GatewayList(List<GatewayView> gateways) {}

  /// @param address from where it reports
  /// @param problems why it does not run the configuration that is in force
  /// @param listeners where clients come in
  /// @param pools what it serves
  /// @param requests answered since its start
  public record GatewayView(
      String name,
      Gateways.State state,
      String address,
      String version,
      List<String> problems,
      Map<String, String> listeners,
      List<String> pools,
      long requests,
      int inFlight,
      int connections,
      long lastAt) {
    private static GatewayView of(Gateways.View one) {
      return new GatewayView(
          one.name(),
          one.state(),
          one.address(),
          one.version(),
          one.problems(),
          one.listeners(),
          one.pools(),
          one.requests(),
          one.inFlight(),
          one.connections(),
          one.lastAt().toEpochMilli());
    }
  }

  private final Gateways gateways;

  public GatewayRoutes(Gateways gateways) {
    this.gateways = gateways;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/gateways",
            Access.VIEWER,
            "Lists the gateways of their own that this hub steers.",
            GatewayList.class,
            exchange ->
                exchange.answer(
                    new GatewayList(gateways.all().stream().map(GatewayView::of).toList()))),
        Route.post(
            "/api/hub/v1/gateways/{gateway}/report",
            Access.GATEWAY,
            "Takes a gateway's report; answers what it is to run.",
            GatewayReport.class,
            GatewayOrders.class,
            exchange ->
                exchange.answer(
                    Outcomes.resultOf(
                        gateways.report(
                            exchange.variable("gateway"),
                            exchange.json(GatewayReport.class),
                            exchange.peer())))));
  }
}
