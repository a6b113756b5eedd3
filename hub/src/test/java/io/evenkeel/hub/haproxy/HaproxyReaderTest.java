package io.evenkeel.hub.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.haproxy.HaproxySettings.SteerBy;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HaproxyReaderTest {
  @Test
  void reads_processes_with_their_backends() {
    HaproxyReader.Result read =
        HaproxyReader.read(
            """
            listen: 127.0.0.1:9595
            haproxy:
              agentCheck: 127.0.0.1:9596
              instances:
              - name: edge-1
                runtimeApi: /run/haproxy/admin.sock
                steerBy: agent
                backends:
                - {name: app, followHealth: true, hosts: {web1: host-a, web2: host-b}}
              - {name: edge-2, runtimeApi: '127.0.0.1:9999'}
            """);

    assertThat(read.problems()).isEmpty();
    assertThat(read.settings().agentCheck()).contains(new InetSocketAddress("127.0.0.1", 9596));
    assertThat(read.settings().instances())
        .containsExactly(
            new HaproxySettings.Instance(
                "edge-1",
                UnixDomainSocketAddress.of("/run/haproxy/admin.sock"),
                SteerBy.AGENT,
                List.of(
                    new HaproxySettings.SteeredBackend(
                        "app", true, Map.of("web1", "host-a", "web2", "host-b")))),
            new HaproxySettings.Instance(
                "edge-2", new InetSocketAddress("127.0.0.1", 9999), SteerBy.RUNTIME, List.of()));
  }

  @Test
  void a_file_without_haproxy_steers_none() {
    assertThat(HaproxyReader.read("listen: 127.0.0.1:9595\n").settings())
        .isEqualTo(HaproxySettings.NONE);
  }

  @Test
  void tells_everything_that_is_wrong_with_its_line() {
    HaproxyReader.Result read =
        HaproxyReader.read(
            """
            haproxy:
              instances:
              - name: edge 1
                runtimeApi: localhost
                steerBy: agent
                colour: red
                backends:
                - {name: app, followHealth: true}
                - {name: app}
              - name: two
            """);

    assertThat(read.settings()).isEqualTo(new HaproxySettings(Optional.empty(), List.of()));
    assertThat(read.problems().stream().map(p -> p.line() + " " + p.message()))
        .anySatisfy(p -> assertThat(p).startsWith("3 ").contains("'name' of letters"))
        .anySatisfy(p -> assertThat(p).startsWith("4 ").contains("address and port"))
        .anySatisfy(p -> assertThat(p).startsWith("6 ").contains("'colour' is no field"))
        .anySatisfy(p -> assertThat(p).startsWith("8 ").contains("needs 'hosts'"))
        .anySatisfy(p -> assertThat(p).startsWith("9 ").contains("second time"))
        .anySatisfy(p -> assertThat(p).startsWith("10 ").contains("runtimeApi"))
        .anySatisfy(p -> assertThat(p).contains("needs 'agentCheck'"));
  }
}
