package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Tier;
import io.evenkeel.model.tune.TuningActions;
import io.evenkeel.model.tune.TuningRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProposalTest {
  private static Advice.Change advised(String name, String to) {
    return new Advice.Change(name, "", "", to, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "net.core.somaxconn,'',4096,128,4096",
    "LimitNOFILE,4242@99,x2,1024,2048",
    "LimitNOFILE,4242@99,x2,1000000,1048576",
    "MemoryMax,web.service,1342177281,1073741824,1342177280",
    "net.ipv4.tcp_rmem,'',16777216,4096 131072 6291456,4096 131072 16777216",
    "net.ipv4.ip_local_port_range,'',10240 65535,32768 60999,10240 65535",
    "rps_cpus,eth0,fffffffff,0,'f,ffffffff'",
    "CPUQuota,web.service,40%,20%,40%",
    "CPUQuota,web.service,x2,7.5%,15%",
    "CPUQuota,web.service,x2,300000%,409600%",
    "CPUQuota,web.service,x9.5,10%,95%",
    "CPUQuota,web.service,x20,5%,100%",
    "transparent_hugepage/defrag,'',defer+madvise,madvise,defer+madvise",
    "net.ipv4.tcp_congestion_control,'',bbr,cubic,bbr",
  })
  void advice_becomes_a_request_that_the_agent_takes(
      String name, String target, String to, String now, String value) {
    assertThat(Proposal.of(advised(name, to), target, now))
        .contains(new TuningRequest(name, target, value));
  }

  @Test
  void advice_out_of_the_bounds_or_without_an_action_is_no_request() {
    assertThat(Proposal.of(advised("net.core.somaxconn", "99999"), "", "128")).isEmpty();
    assertThat(Proposal.of(advised("kernel.panic", "1"), "", "0")).isEmpty();
    assertThat(Proposal.of(advised("CPUQuota", "40%"), "../x", "20%")).isEmpty();
    assertThat(Proposal.of(advised("LimitNOFILE", "x2"), "4242@99", "infinity")).isEmpty();
    assertThat(Proposal.of(advised("CPUQuota", "x2"), "web.service", "infinity")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "net.core.somaxconn,ERRORS,128,4096,0.5",
    "CPUQuota,SATURATION,10%,20%,0.5",
    "MemoryMax,SATURATION,83886080,125829120,0.5",
    "CPUWeight,SATURATION,100,50,0.1",
    "net.ipv4.ip_local_port_range,SATURATION,40000\t44999,40000 49999,0.5",
    "net.ipv4.ip_local_port_range,SATURATION,40000 40299,10240 65535,0.9",
    "net.ipv4.ip_local_port_range,SATURATION,'','',0.1",
  })
  void what_a_trial_seeks_is_what_the_change_promises(
      String name, Tier tier, String now, String to, double sought) {
    assertThat(Proposal.sought(tier, TuningActions.named(name).orElseThrow(), now, to))
        .isEqualTo(sought);
  }

  @Test
  void a_knob_that_is_as_advised_wants_no_request() {
    assertThat(Proposal.of(advised("net.core.somaxconn", "4096"), "", "4096")).isEmpty();
  }
}
