package io.evenkeel.hub.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.model.link.AgentIdentity;
import io.evenkeel.model.link.CertificateRequest;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tokens, certificates and names as weeks go by.
class EnrolmentTest {
  private static final InetAddress PEER = InetAddress.getLoopbackAddress();

  @TempDir Path folder;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
  private final InstantSource clock = now::get;
  private Database database;
  private HostRegistry hosts;
  private CertificateAuthority authority;
  private Enrolment enrolment;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("settings.db"));
    hosts = new HostRegistry(database, clock, () -> 0);
    authority =
        CertificateAuthority.open(folder.resolve("authority"), Set.of("hub.example"), clock);
    enrolment =
        new Enrolment(
            database,
            new AuditStore(clock),
            hosts,
            authority,
            new AgentLinks(clock, () -> 0),
            clock);
  }

  @AfterEach
  void close() {
    hosts.close();
    database.close();
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  private static <T> T done(Outcome<T> outcome) {
    return switch (outcome) {
      case Outcome.Done<T>(T result) -> result;
      case Outcome.Refused<T> refused -> throw new AssertionError(refused.message());
    };
  }

  private static String refusal(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return outcome instanceof Outcome.Refused<?> refused ? refused.message().en() : "";
  }

  private String token() {
    return done(enrolment.newToken("test")).token().text();
  }

  private static byte[] request() throws Exception {
    return CertificateRequest.of(AgentIdentity.newKeys(), "any");
  }

  private Outcome<Enrolment.Admission> enrol(String token, String name, char machine)
      throws Exception {
    return enrolment.enrol(
        new Enrolment.Application(
            token, name, String.valueOf(machine).repeat(64), "boot", request()),
        PEER);
  }

  private Outcome<EnrolledAgent> recognise(X509Certificate certificate, String hostId) {
    return enrolment.recognise(hostId, Enrolment.serial(certificate));
  }

  @Test
  void a_token_is_good_for_fifteen_minutes_and_for_one_server() throws Exception {
    String late = token();
    pass(Enrolment.ONE_TIME.minusSeconds(1));
    String early = token();
    done(enrol(late, "web-1", 'a'));
    assertThat(refusal(enrol(late, "web-2", 'b'))).contains("was used already");
    pass(Enrolment.ONE_TIME);
    assertThat(refusal(enrol(early, "web-2", 'b'))).contains("ended at 2026-11-23T12:29:59Z");
  }

  @Test
  void a_fleet_key_counts_its_servers_and_is_revoked() throws Exception {
    Enrolment.NewKey fleet = done(enrolment.newFleetKey("ansible", 2, 30, "", "test"));
    String token = fleet.token().text();
    done(enrol(token, "web-1", 'a'));
    pass(Duration.ofDays(29));
    done(enrol(token, "web-2", 'b'));
    assertThat(refusal(enrol(token, "web-3", 'c'))).contains("was used already");
    Enrolment.NewKey other = done(enrolment.newFleetKey("images", 100, 1, "", "test"));
    done(enrolment.revokeKey(other.key().id(), "test"));
    assertThat(refusal(enrol(other.token().text(), "web-3", 'c'))).contains("unknown or revoked");
  }

  @Test
  void a_renewed_certificate_stands_beside_the_one_before_and_replaces_older_ones()
      throws Exception {
    Enrolment.Admission first = done(enrol(token(), "web-1", 'a'));
    String id = first.agent().hostId();
    AgentIdentity identity =
        new AgentIdentity(
            id,
            "web-1",
            "https://hub",
            "",
            AgentIdentity.newKeys().getPrivate(),
            first.certificate());
    assertThat(identity.isDue(now.get())).isFalse();
    pass(Duration.ofDays(21));
    assertThat(identity.isDue(now.get())).isTrue();

    Enrolment.Admission second = done(enrolment.renew(first.agent(), request()));
    assertThat(second.certificate().getNotAfter().toInstant())
        .isEqualTo(now.get().plus(CertificateAuthority.AGENT_LIFE));
    done(recognise(first.certificate(), id));
    done(recognise(second.certificate(), id));

    Enrolment.Admission third = done(enrolment.renew(second.agent(), request()));
    assertThat(refusal(recognise(first.certificate(), id))).contains("replaced by a newer one");
    done(recognise(second.certificate(), id));
    done(recognise(third.certificate(), id));
  }

  @Test
  void the_hubs_own_certificate_is_issued_anew_before_it_ends() throws Exception {
    X509Certificate first = authority.hubChain()[0];
    assertThat(authority.hubChain()[0]).isEqualTo(first);
    pass(Duration.ofDays(61));
    X509Certificate next = authority.hubChain()[0];
    assertThat(next).isNotEqualTo(first);
    assertThat(next.getPublicKey())
        .as("the key that pasted lines pin stays")
        .isEqualTo(first.getPublicKey());
    next.verify(authority.certificate().getPublicKey());
  }

  @Test
  void a_deleted_server_is_refused_and_its_name_is_free_again() throws Exception {
    Enrolment.Admission gone = done(enrol(token(), "web-1", 'a'));
    assertThat(done(enrol(token(), "web-1", 'b')).agent().instance()).isEqualTo("web-1-2");
    String id = gone.agent().hostId();
    assertThat(done(enrolment.delete(id, "test"))).isEqualTo("web-1");
    assertThat(refusal(recognise(gone.certificate(), id))).contains("was deleted from the hub");
    assertThat(refusal(enrolment.delete(id, "test"))).contains("no server with the id");
    assertThat(done(enrol(token(), "web-1", 'c')).agent().instance()).isEqualTo("web-1");
  }

  @Test
  void a_deleted_and_a_retired_server_stay_so_after_a_restart() throws Exception {
    Enrolment.Admission deleted = done(enrol(token(), "web-1", 'a'));
    Enrolment.Admission retired = done(enrol(token(), "web-2", 'b'));
    done(enrolment.delete(deleted.agent().hostId(), "test"));
    done(enrolment.retire(retired.agent().hostId(), "test"));
    close();
    open();
    assertThat(refusal(recognise(deleted.certificate(), deleted.agent().hostId())))
        .contains("was deleted");
    assertThat(refusal(recognise(retired.certificate(), retired.agent().hostId())))
        .contains("was retired");
  }
}
