package io.evenkeel.hub.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.enrolment.AgentLinks.Outage;
import io.evenkeel.hub.enrolment.AgentLinks.Sender;
import io.evenkeel.hub.enrolment.AgentLinks.State;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AgentLinksTest {
  private static final EnrolledAgent WEB =
      new EnrolledAgent(
          "id", "web", Set.of(), "m1", List.of("1"), Instant.MAX, Instant.EPOCH, "t", null);

  private final AtomicLong millis = new AtomicLong(1_800_000_000_000L);
  private final AgentLinks links =
      new AgentLinks(
          () -> Instant.ofEpochMilli(millis.get()),
          () -> Duration.ofMillis(millis.get()).toNanos());

  private Sender sender(String run, String boot) {
    return new Sender(run, boot, "m1", "1", millis.get(), 0, InetAddress.getLoopbackAddress());
  }

  private boolean push(String run, String boot, long ageMillis) {
    Sender sender = sender(run, boot);
    boolean admitted = links.admit(WEB, sender).isEmpty();
    if (admitted) {
      links.reported("id", sender, millis.get() - ageMillis, 1_000, AgentLinks.Refused.NOTHING);
    }
    return admitted;
  }

  private State state() {
    return links.view("id").state();
  }

  @Test
  void host_down_agent_down_network_cut_and_late_data_are_told_apart() {
    assertThat(state()).isEqualTo(State.WAITING);
    push("r1", "b1", 0);
    assertThat(state()).isEqualTo(State.CONNECTED);

    millis.addAndGet(60_000);
    assertThat(state()).isEqualTo(State.SILENT);
    links.probed("id", false);
    assertThat(state()).isEqualTo(State.UNREACHABLE);

    push("r1", "b1", 59_000);
    assertThat(state()).isEqualTo(State.CATCHING_UP);
    assertThat(links.view("id").outage()).isEqualTo(Outage.NETWORK_CUT);

    millis.addAndGet(60_000);
    links.probed("id", true);
    assertThat(state()).isEqualTo(State.AGENT_DOWN);
    push("r2", "b1", 0);
    assertThat(links.view("id").outage()).isEqualTo(Outage.AGENT_RESTARTED);

    millis.addAndGet(60_000);
    push("r3", "b2", 0);
    assertThat(links.view("id").outage()).isEqualTo(Outage.HOST_RESTARTED);

    links.stopped("id");
    assertThat(state()).isEqualTo(State.STOPPED);
  }

  @Test
  void another_boot_is_refused_while_the_first_reports_and_never_mixes_with_it() {
    assertThat(push("r1", "b1", 0)).isTrue();
    millis.addAndGet(1_000);
    assertThat(push("clone", "b2", 0)).isFalse();
    assertThat(push("r1", "b1", 0)).isTrue();
    assertThat(links.view("id").cloneAddress()).isNotNull();

    // Once it took over from a silent one, the first never comes back.
    millis.addAndGet(AgentLinks.HELD.toMillis() + 1);
    assertThat(push("clone", "b2", 0)).isTrue();
    assertThat(push("r1", "b1", 0)).isFalse();
    millis.addAndGet(AgentLinks.HELD.toMillis() + 1);
    assertThat(push("r1", "b1", 0)).isFalse();
  }

  @Test
  void another_machine_is_refused_whoever_reports() {
    Sender other = new Sender("r9", "b9", "m2", "1", 0, 0, InetAddress.getLoopbackAddress());
    assertThat(links.admit(WEB, other))
        .hasValueSatisfying(why -> assertThat(why.en()).contains("it is a clone"));
  }

  @Test
  void a_clock_that_is_off_is_measured() {
    Sender ahead =
        new Sender(
            "r1", "b1", "m1", "1", millis.get() + 600_000, 0, InetAddress.getLoopbackAddress());
    links.reported("id", ahead, millis.get() + 600_000, 1_000, AgentLinks.Refused.NOTHING);
    assertThat(links.view("id").clockOffsetMillis()).isEqualTo(600_000);
    assertThat(state()).isEqualTo(State.CONNECTED);
  }
}
