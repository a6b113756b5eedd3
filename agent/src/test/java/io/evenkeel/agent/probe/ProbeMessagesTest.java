package io.evenkeel.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.agent.probe.ProbeFailure.Kind;
import io.evenkeel.agent.probe.ProbeMessages.Order;
import io.evenkeel.agent.probe.ProbeMessages.Told;
import io.evenkeel.agent.probe.ProbeResult.Answer;
import io.evenkeel.agent.probe.ProbeResult.Phase;
import io.evenkeel.agent.probe.ProbeResult.Sample;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.link.LinkMessage;
import io.evenkeel.model.link.LinkMessageException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeMessagesTest {
  static Stream<Check> checks() {
    return Stream.of(
        new Check.Http(
            "https://shop.example/a?b=c", "HEAD", List.of(200, 301), "a\\nb\\\\", "§ 天", false, ""),
        new Check.Tcp("2001:db8::1", 25, true, "EHLO x\r\n\tQUIT\n", "^250", ""),
        new Check.Icmp("router.example"),
        new Check.Dns("shop.example", "AAAA", "10.0.0.53:5353", "2001:.*"));
  }

  private static LinkMessage travelled(LinkMessage message) throws LinkMessageException {
    return LinkMessage.parse(message.toString());
  }

  @ParameterizedTest
  @MethodSource("checks")
  void a_probe_arrives_as_it_was_said(Check check) throws LinkMessageException {
    Probe probe =
        new Probe("the shop", Duration.ofSeconds(30), Duration.ofMillis(1_500), IpFamily.V6, check);
    assertThat(ProbeMessages.probe(travelled(ProbeMessages.of(probe)))).isEqualTo(probe);
  }

  @Test
  void orders_arrive_as_they_were_said() throws LinkMessageException {
    List<Order> orders = List.of(new Order("file-the shop/1", "5f3a"), new Order("b", "c"));
    assertThat(ProbeMessages.orders(travelled(ProbeMessages.orders(orders)))).isEqualTo(orders);
  }

  @Test
  void several_results_arrive_as_they_were_told() throws LinkMessageException {
    Told good =
        new Told(
            "a",
            new ProbeResult(
                1_800_000_000_000L,
                null,
                0.125,
                "10.0.0.1",
                List.of(new Phase("resolve", 0.001), new Phase("tls", 0.02)),
                new Answer(200, "TLS 1.3", 1_900_000_000_000L, List.of()),
                List.of(
                    new Sample(Labels.of(Label.METRIC_NAME, "probe_success"), 1),
                    new Sample(
                        Labels.of(
                            Label.METRIC_NAME, "probe_tls_version_info", "version", "TLS 1.3"),
                        1))));
    Told bad =
        new Told(
            "b",
            new ProbeResult(
                1_800_000_000_001L,
                new ProbeFailure(Kind.DNS_OTHER, "TXT a\nb"),
                2,
                null,
                List.of(),
                new Answer(null, null, null, List.of("TXT \u0007", "A 10.0.0.1")),
                List.of()));
    String text = ProbeMessages.of(good).toString() + ProbeMessages.of(bad);
    assertThat(ProbeMessages.told(LinkMessage.parse(text))).containsExactly(good, bad);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "time 5\n",
        "result a\n",
        "result a\ntime x\n",
        "result a\ntime 5\nfailure WHATEVER x\n",
        "result a\ntime 5\nphase 0.5\n",
        "result a\ntime 5\nphase 0.5 a b\n",
        "result a\ntime 5\nsample 1 up\n",
        "result a\ntime 5\nsample 1 node_load1\n",
        "result a\ntime 5\nsample x probe_success\n",
        "result a\ntime 5\nsample 1 probe_success instance web-1\n",
        "result a\ntime 5\nsample 1 probe_success phase\n",
        "result a\ntime 5\naddress \\q\n",
        "result a\ntime 5\naddress \\u00\n",
      })
  void what_no_probe_measures_is_refused_as_a_whole(String text) throws LinkMessageException {
    LinkMessage message = LinkMessage.parse(text);
    assertThatThrownBy(() -> ProbeMessages.told(message)).isInstanceOf(LinkMessageException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name a\n",
        "name a\ninterval 5\ntimeout 5\nfamily ANY\nsmtp x\n",
        "name a\ninterval 0\ntimeout 5\nfamily ANY\nicmp x\n",
        "name a\ninterval 5\ntimeout 5\nfamily V5\nicmp x\n",
        "name a\ninterval 5\ntimeout 5\nfamily ANY\nicmp a b\n",
        "name a\ninterval 5\ntimeout 5\nfamily ANY\ntcp x\nport 0\ntls no\nsend x\nexpects x\nauthorities \n",
      })
  void what_is_no_probe_is_refused(String text) throws LinkMessageException {
    LinkMessage message = LinkMessage.parse(text);
    assertThatThrownBy(() -> ProbeMessages.probe(message)).isInstanceOf(LinkMessageException.class);
  }
}
