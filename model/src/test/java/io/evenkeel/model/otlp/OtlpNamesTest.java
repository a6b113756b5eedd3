package io.evenkeel.model.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtlpNamesTest {
  @ParameterizedTest
  @CsvSource({
    "system.filesystem.usage, By, false, true, system_filesystem_usage_bytes",
    "system.cpu.time, s, true, false, system_cpu_time_seconds_total",
    "system.cpu.utilization, 1, false, true, system_cpu_utilization_ratio",
    "requests_total, 1, true, false, requests_total",
    "http.server.requests, {request}, true, false, http_server_requests_total",
    "network.io, By/s, false, true, network_io_bytes_per_second",
    "network.io.bytes, By/s, false, true, network_io_bytes_per_second",
    "rpc.duration, ms, false, false, rpc_duration_milliseconds",
    "rpc.duration.milliseconds, ms, false, false, rpc_duration_milliseconds",
    "2xx.responses, '', true, false, _2xx_responses_total",
    "a--b..c, '', false, true, a_b_c",
    "total.requests, '', true, false, requests_total",
    "speed, km/h, false, true, speed_km_per_hour",
    "温度, Cel, false, true, celsius",
  })
  void a_metric_is_named_as_prometheus_names_it(
      String name, String unit, boolean monotonic, boolean gauge, String expected) {
    assertThat(OtlpNames.metric(name, unit, monotonic, gauge)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "http.method, http_method",
    "host-name, host_name",
    "a..b, a_b",
    "a__b, a__b",
    "2nd, key_2nd",
    "_private, key_private",
    "__reserved, __reserved",
    "ключ, key_",
  })
  void a_label_is_named_as_prometheus_names_it(String key, String expected) {
    assertThat(OtlpNames.label(key)).isEqualTo(expected);
  }
}
