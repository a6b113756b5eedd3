package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.hub.enrolment.Enrolment;
import io.evenkeel.model.link.Enroller;
import io.evenkeel.model.link.EnrolmentRefusedException;
import io.evenkeel.model.link.EnrolmentToken;
import io.evenkeel.model.link.Machine;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Tokens that let nobody in, over the agents' door of a whole hub whose clock the test moves: what
/// the new server is told, and what the hub's log says.
class RefusedTokenTest {
  @TempDir Path folder;
  private final MovedClock clock = new MovedClock();
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Enrolment.class);
  private TestHub hub;
  private TestHub.Browser admin;

  /// The machine's clock, moved on: certificates must hold for the agent, which has the machine's.
  private static final class MovedClock extends Clock {
    private volatile Duration by = Duration.ZERO;

    @Override
    public Instant instant() {
      return Clock.systemUTC().instant().plus(by);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @BeforeEach
  void start() {
    hub = TestHub.start(folder.resolve("hub"), Map.of("agents.listen", "127.0.0.1:0"), clock);
    admin = hub.setUp();
    said.start();
    logger.addAppender(said);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(said);
    hub.close();
  }

  private void enrol(String token, String name) throws Exception {
    Enroller.enrol(
        URI.create(TestHub.agentDoor(admin)),
        EnrolmentToken.parse(token).orElseThrow(),
        name,
        new Machine(name.repeat(64), "boot", "run"));
  }

  private void assertRefusedOnBothSides(String token, String reason) {
    said.list.clear();
    assertThatThrownBy(() -> enrol(token, "b"))
        .isInstanceOf(EnrolmentRefusedException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("make a new one under 'Add a server'");
    assertThat(said.list)
        .singleElement()
        .satisfies(line ->
            assertThat(line.getFormattedMessage())
                .startsWith("An enrolment from 127.0.0.1 was refused: ")
                .contains(reason));
  }

  @Test
  void a_token_is_refused_fifteen_minutes_after_it_was_made() {
    String token = TestHub.enrolmentToken(admin);
    clock.by = Enrolment.ONE_TIME;
    assertRefusedOnBothSides(token, "ended at ");
  }

  @Test
  void a_token_is_refused_when_a_server_has_used_it() throws Exception {
    String token = TestHub.enrolmentToken(admin);
    enrol(token, "a");
    assertRefusedOnBothSides(token, "was used already");
  }

  @Test
  void a_forged_and_a_revoked_token_are_refused() {
    JsonNode key =
        admin
            .post(
                "/api/hub/v1/enrolment/fleet-keys",
                Map.of("host", "127.0.0.1", "name", "k", "uses", 5, "days", 1, "network", ""))
            .json();
    String token = key.get("token").asString();
    String forged = token.substring(0, 17) + "0".repeat(32) + token.substring(49);
    assertRefusedOnBothSides(forged, "unknown or revoked");
    String id = key.get("id").asString();
    assertThat(admin.delete("/api/hub/v1/enrolment/tokens/" + id).status()).isEqualTo(204);
    assertRefusedOnBothSides(token, "unknown or revoked");
  }
}
