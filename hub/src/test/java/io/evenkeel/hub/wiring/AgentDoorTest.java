package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.link.AgentIdentity;
import io.evenkeel.model.link.Backoff;
import io.evenkeel.model.link.DiskBuffer;
import io.evenkeel.model.link.Enroller;
import io.evenkeel.model.link.EnrolmentToken;
import io.evenkeel.model.link.HubConnection;
import io.evenkeel.model.link.HubInstructions;
import io.evenkeel.model.link.HubLink;
import io.evenkeel.model.link.HubTrust;
import io.evenkeel.model.link.LinkProtocol;
import io.evenkeel.model.link.Machine;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// The door for agents, spoken to request by request: other versions, foreign names, wrong clocks,
/// a line with another key.
class AgentDoorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Machine MACHINE = new Machine("a".repeat(64), "boot-1", "run-1");

  @TempDir Path folder;
  private TestHub hub;
  private TestHub.Browser admin;

  @BeforeEach
  void start() {
    hub =
        TestHub.start(
            folder.resolve("hub"), Map.of("agents.listen", "127.0.0.1:0"), Clock.systemUTC());
    admin = hub.setUp();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private URI door() {
    return URI.create(
        "https://127.0.0.1:" + admin.get("/api/hub/v1/enrolment").json().get("port").asInt());
  }

  private JsonNode issued() {
    return admin.post("/api/hub/v1/enrolment/tokens", Map.of("host", "127.0.0.1")).json();
  }

  private AgentIdentity enrolled(String name) throws Exception {
    return enrolled(name, MACHINE);
  }

  private AgentIdentity enrolled(String name, Machine machine) throws Exception {
    EnrolmentToken token = EnrolmentToken.parse(issued().get("token").asString()).orElseThrow();
    return Enroller.enrol(door(), token, name, machine);
  }

  private static HubConnection connection(AgentIdentity identity) throws Exception {
    return new HubConnection(
        URI.create(identity.hub()), PATIENCE, HubTrust.sockets(identity.authority(), identity));
  }

  private static String headers(String version, long millis) {
    return headers(version, millis, MACHINE);
  }

  private static String headers(String version, long millis, Machine machine) {
    return "User-Agent: evenkeel-agent/0.1.0 (test)\r\n"
        + LinkProtocol.VERSION_HEADER
        + ": "
        + version
        + "\r\n"
        + LinkProtocol.RUN_HEADER
        + ": "
        + machine.run()
        + "\r\n"
        + LinkProtocol.BOOT_HEADER
        + ": "
        + machine.boot()
        + "\r\n"
        + LinkProtocol.MACHINE_HEADER
        + ": "
        + machine.id()
        + "\r\n"
        + LinkProtocol.TIME_HEADER
        + ": "
        + millis
        + "\r\n"
        + LinkProtocol.DROPPED_HEADER
        + ": 0\r\n";
  }

  private static byte[] sample(String instance) {
    return new WriteRequestBody()
        .add(
            System.currentTimeMillis(),
            0.5,
            "__name__",
            "node_load1",
            "instance",
            instance,
            "job",
            "node")
        .compressed();
  }

  private static HubConnection.Answer push(
      AgentIdentity identity, String version, long millis, byte[] body) throws Exception {
    return push(identity, headers(version, millis), body);
  }

  private static HubConnection.Answer push(AgentIdentity identity, String headers, byte[] body)
      throws Exception {
    try (HubConnection connection = connection(identity)) {
      return connection.post(LinkProtocol.WRITE, headers, body, body.length);
    }
  }

  private JsonNode link(String name) {
    for (JsonNode agent : admin.get("/api/hub/v1/agents").json().get("agents")) {
      if (agent.get("name").asString().equals(name)) {
        return agent.get("link");
      }
    }
    throw new AssertionError("no agent " + name);
  }

  @Test
  void an_agent_of_another_version_is_told_to_fetch_itself_anew() throws Exception {
    AgentIdentity web = enrolled("web-1");
    long now = System.currentTimeMillis();
    for (String version : new String[] {"99", "0", "new"}) {
      HubConnection.Answer answer = push(web, version, now, sample("web-1"));
      assertThat(answer.status()).isEqualTo(426);
      assertThat(answer.body()).contains("speaks version " + version, "fetch the agent anew");
    }
    assertThat(push(web, "1", now, sample("web-1")).status()).isEqualTo(200);
  }

  @Test
  void an_agent_speaks_for_its_own_server_only() throws Exception {
    AgentIdentity web = enrolled("web-1");
    long now = System.currentTimeMillis();
    HubConnection.Answer answer = push(web, "1", now, sample("db-1"));
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body()).contains("db-1");
    assertThat(
            admin
                .get("/api/v1/query?query=node_load1%7Binstance%3D%22db-1%22%7D")
                .json()
                .get("data")
                .get("result"))
        .isEmpty();
  }

  @Test
  void an_agent_that_invents_series_keeps_its_first_ones_and_both_sides_are_told()
      throws Exception {
    flooded(20_000);
  }

  @Test
  @Tag("long")
  void a_million_series_of_one_agent_disturb_nobody() throws Exception {
    flooded(1_000_000);
  }

  private void flooded(int series) throws Exception {
    AgentIdentity web = enrolled("web-1");
    Machine other = new Machine("b".repeat(64), "boot-2", "run-2");
    AgentIdentity calm = enrolled("db-1", other);
    long begun = System.currentTimeMillis();
    for (int first = 0; first < series; first += 10_000) {
      HubConnection.Answer answer = push(web, "1", begun, invented(begun, first));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body())
          .contains("refused ", "source_series_limit=", "'limits.seriesPerAgent'")
          .contains("has brought 5000 series, which is the most");
    }
    // One of the 5,000 is a real one. The hub's own `up` counts as refused once before it goes in.
    long kept = 4_999;
    JsonNode told = link("web-1");
    assertThat(told.get("refusedSamples").asLong()).isEqualTo(series - kept + 1);
    assertThat(told.get("refusal").asString()).contains("source_series_limit");
    assertThat(admin.get("/metrics").text())
        .contains("evenkeel_agent_refused_samples_total{host=\"web-1\"}");
    assertThat(numberOf("count(flood)")).isEqualTo(kept);
    assertThat(numberOf("up{instance=\"web-1\"}")).isEqualTo(1);

    // What it brought before goes on, and so does everybody else.
    long later = System.currentTimeMillis();
    byte[] known =
        new WriteRequestBody()
            .add(later, 2, "__name__", "flood", "id", "7", "instance", "web-1")
            .compressed();
    assertThat(push(web, "1", later, known).body()).doesNotContain("refused");
    assertThat(push(calm, headers("1", later, other), sample("db-1")).body())
        .doesNotContain("refused");
    assertThat(numberOf("node_load1{instance=\"db-1\"}")).isEqualTo(0.5);
    assertThat(link("db-1").get("refusedSamples").asLong()).isZero();
  }

  private static byte[] invented(long millis, int first) {
    WriteRequestBody body =
        new WriteRequestBody()
            .add(millis, 0.5, "__name__", "node_load1", "instance", "web-1", "job", "node");
    for (int i = first; i < first + 10_000; i++) {
      body.add(millis, 1, "__name__", "flood", "id", Integer.toString(i), "instance", "web-1");
    }
    return body.compressed();
  }

  private double numberOf(String query) {
    JsonNode result =
        admin
            .get("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
            .json()
            .get("data")
            .get("result");
    assertThat(result).as(query).hasSize(1);
    return Double.parseDouble(result.get(0).get("value").get(1).asString());
  }

  @Test
  void a_request_without_a_certificate_of_the_hub_is_refused() throws Exception {
    AgentIdentity web = enrolled("web-1");
    try (HubConnection stranger =
        new HubConnection(door(), PATIENCE, HubTrust.sockets(web.authority(), null))) {
      byte[] body = sample("web-1");
      HubConnection.Answer answer =
          stranger.post(
              LinkProtocol.WRITE, headers("1", System.currentTimeMillis()), body, body.length);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.body()).contains("takes the certificate that the hub issued");
    }
  }

  @Test
  void a_clock_that_is_ten_minutes_off_shows_on_the_hub() throws Exception {
    AgentIdentity web = enrolled("web-1");
    long wrong = System.currentTimeMillis() + Duration.ofMinutes(10).toMillis();
    assertThat(push(web, "1", wrong, sample("web-1")).status()).isEqualTo(200);
    assertThat(link("web-1").get("clockOffsetMillis").asLong()).isBetween(570_000L, 601_000L);
  }

  @Test
  void an_agent_whose_time_is_three_weeks_on_warns_and_renews_its_certificate() throws Exception {
    Path state = folder.resolve("agent");
    AgentIdentity web = enrolled("web-1");
    web.write(state);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    Logger logger = (Logger) LoggerFactory.getLogger(HubLink.class);
    logger.addAppender(said);
    try (HubLink link =
        new HubLink(
            web,
            state,
            DiskBuffer.open(state.resolve("buffer"), 1 << 20),
            MACHINE,
            "0.1.0",
            "test",
            new Backoff(Duration.ofMillis(10), Duration.ofSeconds(1), new Random(1)),
            Clock.offset(Clock.systemUTC(), Duration.ofDays(21)),
            new Listener())) {
      link.start();
      link.add(sample("web-1"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(AgentIdentity.read(state).orElseThrow().certificate())
                  .isNotEqualTo(web.certificate()));
      assertThat(said.list)
          .anyMatch(one -> one.getFormattedMessage().contains("s ahead of the hub's: set it"));
    } finally {
      logger.detachAppender(said);
    }
    AgentIdentity renewed = AgentIdentity.read(state).orElseThrow();
    assertThat(push(renewed, "1", System.currentTimeMillis(), sample("web-1")).status())
        .isEqualTo(200);
  }

  private static final class Listener implements HubLink.Listener {
    @Override
    public void told(HubInstructions instructions) {
      // Nothing of the settings matters here.
    }

    @Override
    public CommandResult execute(CommandOrder order) {
      throw new AssertionError("nobody sent a command");
    }

    @Override
    public void notCarriedOut(String order, String reason) {
      throw new AssertionError("nobody sent a command: " + order);
    }
  }

  @Test
  void a_line_whose_key_is_not_the_hubs_runs_nothing_and_fails() throws Exception {
    assumeTrue(Peer.isThere("curl"), "curl is not installed");
    String line =
        issued()
            .get("line")
            .asString()
            .replaceAll("sha256//.{43}=", "sha256//" + "A".repeat(43) + "=");
    Process shell =
        new ProcessBuilder("sh", "-c", line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(shell.exitValue()).as(said).isNotZero();
    assertThat(said).contains("pinned");
  }
}
