package io.evenkeel.hub.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.settings.HostCollections.Scope;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCollectionsTest {
  @TempDir Path folder;

  private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));
  private final Map<String, String> groups = new HashMap<>(Map.of("a", "db"));
  private Database database;
  private CollectionPeriod period;
  private HostCollections collections;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("settings.db"));
    AuditStore audit = new AuditStore(clock);
    period = new CollectionPeriod(database, audit, Duration.ofSeconds(1));
    collections = new HostCollections(database, audit, period, id -> groups.getOrDefault(id, ""));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Outcome<HostCollection> set(
      Scope scope, String target, @Nullable Integer seconds, @Nullable List<String> off) {
    return collections.change(scope, target, target, new HostCollection(seconds, off), "ann");
  }

  @Test
  void a_host_goes_before_its_group_and_a_group_before_all_each_setting_by_itself() {
    assertThat(collections.of("a").period()).isEqualTo(Duration.ofSeconds(1));
    assertThat(collections.of("a").periodFrom()).isNull();
    var unused = set(Scope.GROUP, "db", 5, List.of("systemd", "units"));
    assertThat(collections.of("a").period()).isEqualTo(Duration.ofSeconds(5));
    assertThat(collections.of("a").switchedOffFrom()).isEqualTo(Scope.GROUP);
    assertThat(collections.of("b").switchedOff()).isEmpty();

    unused = set(Scope.HOST, "a", null, List.of());
    assertThat(collections.of("a").period()).isEqualTo(Duration.ofSeconds(5));
    assertThat(collections.of("a").periodFrom()).isEqualTo(Scope.GROUP);
    assertThat(collections.of("a").switchedOff()).isEmpty();
    assertThat(collections.of("a").switchedOffFrom()).isEqualTo(Scope.HOST);

    unused = set(Scope.HOST, "a", 10, null);
    assertThat(collections.of("a").period()).isEqualTo(Duration.ofSeconds(10));
    assertThat(collections.of("a").switchedOff()).containsExactlyInAnyOrder("systemd", "units");
    groups.put("a", "web");
    assertThat(collections.of("a").switchedOff()).isEmpty();
  }

  @Test
  void what_was_set_holds_after_a_restart_and_what_says_nothing_is_forgotten() {
    var unused = set(Scope.HOST, "b", 30, List.of());
    unused = set(Scope.GROUP, "db", 5, List.of("units"));
    unused = set(Scope.GROUP, "db", null, null);
    close();
    open();
    assertThat(collections.own(Scope.HOST, "b")).isEqualTo(new HostCollection(30, List.of()));
    assertThat(collections.own(Scope.GROUP, "db")).isEqualTo(HostCollection.INHERITED);
  }

  @Test
  void what_cannot_be_is_refused_with_the_field_and_changes_nothing() {
    assertThat(set(Scope.HOST, "a", 7, null))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.field()).isEqualTo("periodSeconds"));
    assertThat(set(Scope.HOST, "a", null, List.of("cpu\ncommand reboot")))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, refused -> assertThat(refused.field()).isEqualTo("switchedOff"));
    assertThat(collections.own(Scope.HOST, "a")).isEqualTo(HostCollection.INHERITED);
  }

  @Test
  void a_change_of_any_setting_is_told() {
    AtomicInteger told = new AtomicInteger();
    collections.onChange(told::incrementAndGet);
    var unused = set(Scope.HOST, "a", 5, null);
    period.change(Duration.ofSeconds(2), "ann");
    unused = set(Scope.HOST, "a", 7, null);
    assertThat(told).hasValue(2);
  }
}
