package io.evenkeel.hub.tune.measure;

import io.evenkeel.hub.tune.trial.TripWire.Guard;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What must not suffer, in PromQL for a host `$host`.
public final class GuardQueries {
  private GuardQueries() {}

  /// The expression of a guard; empty when nothing measures it.
  public static Optional<String> of(Guard guard, Measure measure) {
    return switch (guard) {
      case ERRORS_PER_SECOND ->
          Optional.of(
              given(measure, Measure::errors)
                  .orElse(
                      "sum(rate(node_network_receive_errs_total{instance=\"$host\"}[$window])"
                          + " + rate(node_network_transmit_errs_total{instance=\"$host\"}[$window]))"));
      case P99_SECONDS -> given(measure, Measure::p99);
      case MEMORY_PRESSURE -> Optional.of(rate("node_pressure_memory_stalled_seconds_total"));
      case IO_PRESSURE -> Optional.of(rate("node_pressure_io_stalled_seconds_total"));
      case MEMORY_USED_RATIO ->
          Optional.of(
              "1 - node_memory_MemAvailable_bytes{instance=\"$host\"}"
                  + " / node_memory_MemTotal_bytes{instance=\"$host\"}");
      case RETRANSMITS_RATIO ->
          Optional.of(
              rate("node_netstat_Tcp_RetransSegs")
                  + " / ("
                  + rate("node_netstat_Tcp_OutSegs")
                  + " > 0)");
      case DROPS_PER_SECOND ->
          Optional.of(
              "sum(rate(node_network_receive_drop_total{instance=\"$host\"}[$window])"
                  + " + rate(node_network_transmit_drop_total{instance=\"$host\"}[$window]))"
                  + " + sum(rate(node_softnet_dropped_total{instance=\"$host\"}[$window]))");
      case OOM_KILLS -> Optional.of("increase(node_vmstat_oom_kill{instance=\"$host\"}[$window])");
    };
  }

  private static Optional<String> given(
      Measure measure, Function<Measure, @Nullable String> expression) {
    return Optional.ofNullable(expression.apply(measure));
  }

  private static String rate(String counter) {
    return "rate(" + counter + "{instance=\"$host\"}[$window])";
  }
}
