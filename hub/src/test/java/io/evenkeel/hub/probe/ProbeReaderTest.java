package io.evenkeel.hub.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.evenkeel.agent.probe.Check;
import io.evenkeel.agent.probe.IpFamily;
import io.evenkeel.agent.probe.Probe;
import io.evenkeel.hub.security.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeReaderTest {
  @TempDir Path folder;

  private ProbeReader.Result read(String text) {
    return ProbeReader.read(text, folder);
  }

  @Test
  void each_kind_of_check_is_read_with_its_usual_values() {
    ProbeReader.Result result =
        read(
            """
            listen: 127.0.0.1:9595
            probes:
            - name: shop
              interval: 1m
              timeout: 2s
              ip: 6
              from: [hub, 'server:web-1', 'group:shop', 'tag:edge']
              http: {url: 'https://shop.example/health', status: [200, 204], bodyMatches: ok}
            - {name: db, tcp: {host: db.example, port: 5432}}
            - {name: gateway, icmp: {host: 10.0.0.1}}
            - {name: names, dns: {name: shop.example, type: aaaa, server: '10.0.0.53'}}
            """);
    assertThat(result.problems()).isEmpty();
    assertThat(result.probes().stream().map(ProbeReaderTest::probe))
        .containsExactly(
            new Probe(
                "shop",
                Duration.ofMinutes(1),
                Duration.ofSeconds(2),
                IpFamily.V6,
                new Check.Http(
                    "https://shop.example/health", "GET", List.of(200, 204), "ok", "", true, "")),
            usual("db", new Check.Tcp("db.example", 5432, false, "", "", "")),
            usual("gateway", new Check.Icmp("10.0.0.1")),
            usual("names", new Check.Dns("shop.example", "AAAA", "10.0.0.53", "")));
    assertThat(result.probes().getFirst().places())
        .containsExactly(
            Place.HUB,
            new Place(Place.Kind.SERVER, "web-1"),
            new Place(Place.Kind.GROUP, "shop"),
            new Place(Place.Kind.TAG, "edge"));
    assertThat(result.probes().getLast().places()).containsExactly(Place.HUB);
  }

  private static Probe probe(ProbeForm form) {
    return form.probe() instanceof Outcome.Done<Probe>(Probe probe)
        ? probe
        : fail("the probe is refused");
  }

  private static Probe usual(String name, Check check) {
    return new Probe(name, Duration.ofSeconds(30), Duration.ofSeconds(5), IpFamily.ANY, check);
  }

  @Test
  void every_problem_is_told_with_its_line() {
    ProbeReader.Result result =
        read(
            """
            probes:
            - {name: a, icmp: {host: ''}}
            - {name: a, tcp: {host: db, port: 70000}}
            - {name: b, http: {url: 'ftp://x/'}}
            - {name: c, http: {url: 'http://x/', bodyMatches: '('}}
            - {name: d, interval: 1s, icmp: {host: x}}
            - {name: e, icmp: {host: x}, tcp: {host: x, port: 1}}
            - {name: f}
            - {name: g, ip: 5, icmp: {host: x}}
            - {name: h, dns: {name: x, type: ANY}}
            - {name: i, http: {uri: 'http://x/'}}
            - {name: k, from: ['rack:3'], icmp: {host: x}}
            - {name: j, http: {url: 'https://x/', authorities: missing.pem}}
            """);
    assertThat(result.probes()).isEmpty();
    assertThat(result.problems().stream().map(one -> one.line() + " " + one.message()))
        .anyMatch(one -> one.startsWith("2 This takes a host name"))
        .anyMatch(one -> one.startsWith("3 another probe is named 'a' too"))
        .anyMatch(one -> one.startsWith("3 A port is a number"))
        .anyMatch(one -> one.startsWith("4 The address begins with http://"))
        .anyMatch(one -> one.startsWith("5 This is no regular expression"))
        .anyMatch(one -> one.startsWith("6 The interval is 5 to"))
        .anyMatch(one -> one.startsWith("7 A probe has exactly one"))
        .anyMatch(one -> one.startsWith("8 A probe has exactly one"))
        .anyMatch(one -> one.startsWith("9 'ip' is any, 4 or 6"))
        .anyMatch(one -> one.startsWith("10 The type is one of"))
        .anyMatch(one -> one.startsWith("11 'uri' is no field of an HTTP check"))
        .anyMatch(one -> one.startsWith("12 A probe runs from up to"))
        .anyMatch(one -> one.startsWith("13 the certificates in"));
  }

  @Test
  void the_address_of_a_probe_holds_no_password() {
    assertThat(
            read("probes: [{name: a, http: {url: 'https://ann:secret@shop.example/'}}]").problems())
        .singleElement()
        .matches(one -> one.message().contains("passwords do not belong"));
  }

  @Test
  void certificates_are_read_from_a_file_beside_the_settings() throws Exception {
    Files.writeString(folder.resolve("ca.pem"), "no certificate");
    assertThat(
            read("probes: [{name: a, http: {url: 'https://x/', authorities: ca.pem}}]").problems())
        .singleElement()
        .matches(one -> one.message().contains("no certificates in PEM form"));
  }
}
