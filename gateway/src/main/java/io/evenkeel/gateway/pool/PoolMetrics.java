package io.evenkeel.gateway.pool;

import io.evenkeel.gateway.health.CircuitBreaker;
import io.evenkeel.gateway.stats.LatencyHistogram;
import io.evenkeel.gateway.stats.MetricSink;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.exposition.TextWriter;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// The figures of all pools as Prometheus's metrics. Names are `evenkeel_gateway_*`; each series
/// has the labels `pool` and `backend`.
public final class PoolMetrics {
  private static final double[] BOUNDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  private final MetricSink out;
  private final List<PoolState> pools;

  private PoolMetrics(MetricSink out, List<PoolState> pools) {
    this.out = out;
    this.pools = pools;
  }

  /// Gives the figures of pools to a sink.
  public static void write(MetricSink out, List<PoolState> pools) {
    PoolMetrics metrics = new PoolMetrics(out, pools);
    metrics.backends();
    metrics.pools();
  }

  /// Gives the figures of a gateway's front to a sink.
  ///
  /// @param ownAnswers answers that the gateway gave itself, by status
  public static void writeFront(
      MetricSink out, Map<Integer, Long> ownAnswers, int inFlight, int connections) {
    out.family(
        metadata("own_answers_total", MetricType.COUNTER, "Answers the gateway gave itself."));
    ownAnswers.forEach((status, count) ->
        out.sample(
            "evenkeel_gateway_own_answers_total",
            Labels.of("code", String.valueOf(status)),
            count));
    out.family(metadata("requests_in_flight", MetricType.GAUGE, "Requests in flight."));
    out.sample("evenkeel_gateway_requests_in_flight", Labels.empty(), inFlight);
    out.family(metadata("connections", MetricType.GAUGE, "Connections of clients."));
    out.sample("evenkeel_gateway_connections", Labels.empty(), connections);
  }

  private static MetricMetadata metadata(String name, MetricType type, String help) {
    return new MetricMetadata("evenkeel_gateway_" + name, type, "", help);
  }

  private void backends() {
    String name = "evenkeel_gateway_requests_total";
    out.family(
        metadata("requests_total", MetricType.COUNTER, "Requests by class of their answer."));
    for (PoolState pool : pools) {
      for (PoolState.BackendState backend : pool.backends()) {
        var counts = backend.traffic();
        sample(name, pool, backend, "1xx", counts.informational());
        sample(name, pool, backend, "2xx", counts.successful());
        sample(name, pool, backend, "3xx", counts.redirections());
        sample(name, pool, backend, "4xx", counts.clientErrors());
        sample(name, pool, backend, "5xx", counts.serverErrors());
        sample(name, pool, backend, "none", counts.failures());
      }
    }
    each(
        "retries_total",
        MetricType.COUNTER,
        "Requests that came from another backend.",
        backend -> backend.traffic().retries());
    each(
        "received_bytes_total",
        MetricType.COUNTER,
        "Bytes of bodies from clients.",
        backend -> backend.traffic().bytesIn());
    each(
        "sent_bytes_total",
        MetricType.COUNTER,
        "Bytes of bodies to clients.",
        backend -> backend.traffic().bytesOut());
    each(
        "backend_requests_in_flight",
        MetricType.GAUGE,
        "Requests in flight at a backend.",
        PoolState.BackendState::inFlight);
    each(
        "backend_weight",
        MetricType.GAUGE,
        "The weight that was set.",
        PoolState.BackendState::steadyWeight);
    each(
        "backend_up",
        MetricType.GAUGE,
        "1 if it passes its checks and is not left out.",
        backend -> backend.checksPass() && backend.circuit() != CircuitBreaker.State.OPEN ? 1 : 0);
    each(
        "backend_draining",
        MetricType.GAUGE,
        "1 if it gets no new requests.",
        backend -> backend.draining() ? 1 : 0);
    expectedShares();
    latencies();
  }

  private void expectedShares() {
    String name = "evenkeel_gateway_backend_expected_share";
    out.family(
        metadata(
            "backend_expected_share",
            MetricType.GAUGE,
            "The part of the pool's requests that the weights ask for; none if load decides."));
    for (PoolState pool : pools) {
      for (PoolState.BackendState backend : pool.backends()) {
        if (!Double.isNaN(backend.expectedShare())) {
          out.sample(name, labels(pool, backend), backend.expectedShare());
        }
      }
    }
  }

  private void latencies() {
    String name = "evenkeel_gateway_request_duration_seconds";
    out.family(
        metadata(
            "request_duration_seconds",
            MetricType.HISTOGRAM,
            "From sending a request to its answer's end."));
    for (PoolState pool : pools) {
      for (PoolState.BackendState backend : pool.backends()) {
        LatencyHistogram.Snapshot latency = backend.traffic().latency();
        if (!latency.isKnown()) {
          continue;
        }
        for (double bound : BOUNDS) {
          StringBuilder le = new StringBuilder();
          TextWriter.appendNumber(le, bound);
          out.sample(
              name + "_bucket",
              Labels.of("backend", backend.name(), "le", le.toString(), "pool", pool.name()),
              latency.countUpTo(bound));
        }
        out.sample(
            name + "_bucket",
            Labels.of("backend", backend.name(), "le", "+Inf", "pool", pool.name()),
            latency.count());
        Labels labels = labels(pool, backend);
        out.sample(name + "_sum", labels, latency.sumSeconds());
        out.sample(name + "_count", labels, latency.count());
      }
    }
  }

  private void pools() {
    String waiting = "evenkeel_gateway_pool_waiting";
    out.family(metadata("pool_waiting", MetricType.GAUGE, "Requests in a pool's queue."));
    pools.forEach(pool -> out.sample(waiting, Labels.of("pool", pool.name()), pool.waiting()));
    String shed = "evenkeel_gateway_shed_total";
    out.family(metadata("shed_total", MetricType.COUNTER, "Requests that no backend could take."));
    pools.forEach(pool -> out.sample(shed, Labels.of("pool", pool.name()), pool.shed()));
    String panic = "evenkeel_gateway_pool_panic";
    out.family(metadata("pool_panic", MetricType.GAUGE, "1 if all are used as few are healthy."));
    pools.forEach(
        pool -> out.sample(panic, Labels.of("pool", pool.name()), pool.panicking() ? 1 : 0));
  }

  private static Labels labels(PoolState pool, PoolState.BackendState backend) {
    return Labels.of("backend", backend.name(), "pool", pool.name());
  }

  private void sample(
      String name,
      PoolState pool,
      PoolState.BackendState backend,
      String answerClass,
      double value) {
    out.sample(
        name,
        Labels.of("backend", backend.name(), "code", answerClass, "pool", pool.name()),
        value);
  }

  private void each(
      String name, MetricType type, String help, ToDoubleFunction<PoolState.BackendState> value) {
    out.family(metadata(name, type, help));
    for (PoolState pool : pools) {
      for (PoolState.BackendState backend : pool.backends()) {
        out.sample("evenkeel_gateway_" + name, labels(pool, backend), value.applyAsDouble(backend));
      }
    }
  }
}
