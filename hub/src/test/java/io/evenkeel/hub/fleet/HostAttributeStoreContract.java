package io.evenkeel.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.clean.HostSignals;
import io.evenkeel.hub.clean.HostTick;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.Report;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of hosts, on every database that can hold the settings.
abstract class HostAttributeStoreContract {
  private static final HostAttributes WEB =
      new HostAttributes("web", "ann", List.of("eu", "front"));

  @TempDir Path folder;
  private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));
  private Database database;
  private HostRegistry hosts;
  private HostAttributeBook book;

  abstract Database open(Path folder);

  @BeforeEach
  void begin() {
    database = open(folder);
    hosts = new HostRegistry(database, clock, () -> 0);
    book = new HostAttributeBook(database, hosts, new AuditStore(clock));
  }

  @AfterEach
  void end() {
    hosts.close();
    database.close();
  }

  private String host(String name) {
    HostTick tick =
        new HostTick(
            name,
            clock.millis(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            null,
            HostSignals.NONE);
    return hosts.reported(new Report(tick, "1", OptionalLong.of(1_000), null, false)).orElseThrow();
  }

  @Test
  void what_is_said_of_a_host_that_has_just_come_survives_a_restart() {
    String id = host("web-1");
    assertThat(book.change(id, WEB, "test")).isEqualTo(Outcome.done(WEB));
    assertThat(book.completing(Map.of("instance", "web-1")))
        .containsEntry("group", "web")
        .containsEntry("tags", ",eu,front,");
    assertThat(book.completing(Map.of("instance", "web-2"))).hasSize(1);
    end();
    begin();
    assertThat(book.of(id)).isEqualTo(WEB);
  }

  @Test
  void what_is_taken_back_is_gone_after_a_restart_too() {
    String id = host("web-1");
    book.change(id, WEB, "test");
    book.change(id, HostAttributes.NONE, "test");
    assertThat(book.of(id)).isEqualTo(HostAttributes.NONE);
    end();
    begin();
    assertThat(book.of(id)).isEqualTo(HostAttributes.NONE);
  }

  @Test
  void an_unknown_host_and_a_wrong_field_are_refused() {
    assertThat(book.change("nobody", WEB, "test")).isInstanceOf(Outcome.Refused.class);
    HostAttributes wrong = new HostAttributes("", "", List.of("a b"));
    assertThat(book.change(host("web-1"), wrong, "test")).isInstanceOf(Outcome.Refused.class);
  }
}
