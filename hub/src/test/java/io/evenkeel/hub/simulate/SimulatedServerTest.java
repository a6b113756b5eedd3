package io.evenkeel.hub.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedServerTest {
  private static final long DAY = 86_400_000;
  private static final long T0 = 1_790_000_000_000L;

  @ParameterizedTest
  @ValueSource(ints = {12, 13, 57, 100, 1_000, 5_000})
  void a_server_has_as_many_series_as_asked_for_each_with_labels_of_its_own(int series)
      throws Exception {
    SeriesPlan plan = new SeriesPlan(series);
    SimulatedServer server = new SimulatedServer(7, plan.cpus(), false);
    SeriesPlan.Lines lines = plan.lines(SeriesPlan.instance(server));
    server.advance(T0);
    lines.add(server, T0);
    SampleBatch batch = lines.batch;
    assertThat(batch.sampleCount()).isEqualTo(series);
    Set<Labels> seen = new HashSet<>();
    for (int i = 0; i < series; i++) {
      Labels labels = batch.labels(i);
      assertThat(seen.add(labels)).as(labels.toString()).isTrue();
      assertThat(labels.get("instance")).isEqualTo("sim-00007");
      assertThat(labels.get("simulated")).isEqualTo("true");
      assertThat(Double.longBitsToDouble(batch.valueBits(i))).isFinite().isNotNegative();
    }
  }

  @Test
  void counters_never_fall_and_cores_account_for_all_of_the_time() {
    SimulatedServer server = new SimulatedServer(11, 2, true);
    server.advance(T0);
    double[] before = modes(server);
    for (long t = T0 + 60_000; t < T0 + 3 * DAY; t += 60_000) {
      server.advance(t);
      double[] now = modes(server);
      double sum = 0;
      for (int mode = 0; mode < now.length; mode++) {
        assertThat(now[mode]).isGreaterThanOrEqualTo(before[mode]);
        sum += now[mode] - before[mode];
      }
      assertThat(sum).isCloseTo(60, within(1e-6));
      assertThat(server.memoryAvailableBytes()).isBetween(0.0, server.memoryBytes());
      assertThat(server.varAvailableBytes()).isBetween(0.0, server.varBytes());
      before = now;
    }
  }

  private static double[] modes(SimulatedServer server) {
    double[] modes = new double[SimulatedServer.CPU_MODES.length];
    for (int mode = 0; mode < modes.length; mode++) {
      modes[mode] = server.cpuSeconds(mode);
    }
    return modes;
  }

  @Test
  void in_a_fleet_every_fault_happens_and_most_servers_are_well() {
    Set<Fault> seen = EnumSet.noneOf(Fault.class);
    int well = 0;
    for (int number = 1; number <= 1_000; number++) {
      for (int hour = 0; hour < 24; hour++) {
        Fault fault = Fault.at(Noise.hash(number), number, T0 + hour * 3_600_000L);
        seen.add(fault);
        well += fault == Fault.NONE ? 1 : 0;
      }
    }
    assertThat(seen).containsExactlyInAnyOrder(Fault.values());
    assertThat(well).isBetween(20_000, 22_800);
  }

  @Test
  void answers_are_read_when_they_are_complete() throws Exception {
    assertThat(AnswerText.parse(received("HTTP/1.1 204 No Content\r\n"))).isNull();
    assertThat(AnswerText.parse(received("HTTP/1.1 204 No Content\r\n\r\n")))
        .isEqualTo(new SimulatedAgent.Outcome.Answered(204, Duration.ZERO, ""));
    String busy = "HTTP/1.1 503 X\r\nRetry-After: 5\r\ncontent-length: 4\r\n\r\n";
    assertThat(AnswerText.parse(received(busy + "bus"))).isNull();
    assertThat(AnswerText.parse(received(busy + "busy")))
        .isEqualTo(new SimulatedAgent.Outcome.Answered(503, Duration.ofSeconds(5), "busy"));
    assertThatThrownBy(() -> AnswerText.parse(received("SSH-2.0-OpenSSH\r\n\r\n")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no hub");
  }

  private static ByteBuffer received(String text) {
    return ByteBuffer.allocate(512).put(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
