package io.evenkeel.hub.haproxy;

import io.evenkeel.gateway.health.CircuitBreaker;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.gateway.stats.BackendTraffic;
import io.evenkeel.gateway.stats.LatencyHistogram;
import io.evenkeel.gateway.stats.TrafficShare;
import io.evenkeel.hub.haproxy.HaproxySettings.Instance;
import io.evenkeel.hub.haproxy.HaproxySettings.SteeredBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// HAProxy's statistics as pools like the gateway's own: one for each backend in HTTP mode that has
/// servers. HAProxy keeps no histogram of latencies; they are not known.
final class HaproxyPools {
  /// Algorithms that give servers traffic by weight alone.
  private static final Set<String> BY_WEIGHT = Set.of("roundrobin", "static-rr", "random");

  private final Instance instance;
  private final List<ServerFigures> figures;
  private final Map<String, ServerState> states = new HashMap<>();

  HaproxyPools(Instance instance, List<ServerFigures> figures, List<ServerState> states) {
    this.instance = instance;
    this.figures = figures;
    states.forEach(state -> this.states.put(state.backend() + "/" + state.server(), state));
  }

  List<PoolState> states() {
    Map<String, List<ServerFigures>> servers = new LinkedHashMap<>();
    for (ServerFigures row : figures) {
      if (!row.isBackend() && !row.isFrontend() && states.containsKey(key(row))) {
        servers.computeIfAbsent(row.backend(), unused -> new ArrayList<>()).add(row);
      }
    }
    List<PoolState> pools = new ArrayList<>();
    for (ServerFigures row : figures) {
      List<ServerFigures> own = servers.get(row.backend());
      if (row.isBackend() && own != null && row.text("mode").equals("http")) {
        pools.add(pool(row, own));
      }
    }
    return List.copyOf(pools);
  }

  private static String key(ServerFigures row) {
    return row.backend() + "/" + row.server();
  }

  private PoolState pool(ServerFigures backend, List<ServerFigures> servers) {
    SteeredBackend settings = instance.backend(backend.backend());
    long all = 0;
    long answered5xx = 0;
    double weights = 0;
    List<BackendTraffic.Counts> counts = new ArrayList<>();
    for (ServerFigures server : servers) {
      BackendTraffic.Counts own = counts(server);
      counts.add(own);
      all += own.requests();
      answered5xx += own.serverErrors();
      weights += takesRequests(server) ? weight(server) : 0;
    }
    boolean byWeight = BY_WEIGHT.contains(backend.text("algo"));
    List<PoolState.BackendState> backends = new ArrayList<>();
    for (int i = 0; i < servers.size(); i++) {
      ServerFigures server = servers.get(i);
      ServerState state = state(server);
      boolean takes = takesRequests(server);
      backends.add(
          new PoolState.BackendState(
              server.server(),
              server.text("addr"),
              settings.hosts().getOrDefault(server.server(), ""),
              weight(server),
              state == null ? weight(server) : state.weight(),
              state == null ? weight(server) : state.initialWeight(),
              state != null && state.administrative() != 0,
              state == null || state.running(),
              lastFailure(server),
              CircuitBreaker.State.CLOSED,
              (int) server.count("scur"),
              TrafficShare.of(counts.get(i).requests(), all),
              byWeight && takes && weights > 0 ? weight(server) / weights : Double.NaN,
              counts.get(i)));
    }
    // What the backend answered beyond its servers' answers, HAProxy answered itself.
    long shed = Math.max(0, backend.count("hrsp_5xx") - answered5xx);
    return new PoolState(
        instance.name() + ":" + backend.backend(),
        backend.text("algo").isEmpty() ? "haproxy" : backend.text("algo"),
        false,
        (int) backend.count("qcur"),
        shed,
        List.copyOf(backends),
        List.of());
  }

  private @Nullable ServerState state(ServerFigures server) {
    return states.get(key(server));
  }

  private boolean takesRequests(ServerFigures server) {
    ServerState state = state(server);
    return state != null && state.running() && state.administrative() == 0;
  }

  private static double weight(ServerFigures server) {
    return server.number("weight").orElse(0);
  }

  private static String lastFailure(ServerFigures server) {
    String check = server.text("last_chk");
    String status = server.text("check_status");
    if (!server.text("status").startsWith("DOWN")) {
      return "";
    }
    return check.isEmpty() ? status : status + ": " + check;
  }

  private static BackendTraffic.Counts counts(ServerFigures server) {
    return new BackendTraffic.Counts(
        server.count("hrsp_1xx"),
        server.count("hrsp_2xx"),
        server.count("hrsp_3xx"),
        server.count("hrsp_4xx"),
        server.count("hrsp_5xx"),
        server.count("econ") + server.count("eresp"),
        server.count("wredis"),
        server.count("bin"),
        server.count("bout"),
        LatencyHistogram.Snapshot.UNKNOWN);
  }
}
