package io.evenkeel.hub.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.alert.AlertRule;
import io.evenkeel.hub.alert.AlertState;
import io.evenkeel.hub.alert.Transition;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.notify.ChannelEntry;
import io.evenkeel.hub.notify.ChannelSettings;
import io.evenkeel.hub.notify.Notifications;
import io.evenkeel.hub.notify.NotifyMetrics;
import io.evenkeel.hub.notify.OutboxRow;
import io.evenkeel.hub.notify.channel.Language;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.notify.channel.Recipient;
import io.evenkeel.hub.notify.channel.StrictService;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.SecretBox;
import io.evenkeel.hub.wiring.ManualClock;
import io.evenkeel.model.Labels;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From changes of alerts and the passing of time to who would be told: nothing is sent here, the
/// outbox is read. The clock begins on Monday, 23 November 2026, 12:00 UTC.
class IncidentsTest {
  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final Set<String> hostsInDoubt = new HashSet<>();
  private Database database;
  private Notifications notifications;
  private Incidents incidents;
  private String first;
  private String second;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("settings.db"));
    AuditStore audit = new AuditStore(clock);
    notifications =
        new Notifications(
            database,
            audit,
            SecretBox.open(folder.resolve("key")),
            StrictService.loopback(),
            new NotifyMetrics(),
            () -> true,
            clock);
    incidents =
        new Incidents(
            database, audit, notifications, "", hostsInDoubt::contains, this::completed, clock);
    first = channel("first");
    second = channel("second");
  }

  /// The host `db1` belongs to the group `db`.
  private Map<String, String> completed(Map<String, String> labels) {
    if (!"db1".equals(labels.get("instance"))) {
      return labels;
    }
    Map<String, String> all = new HashMap<>(labels);
    all.put("group", "db");
    return all;
  }

  @AfterEach
  void close() throws IOException {
    incidents.close();
    notifications.close();
    database.close();
  }

  private String channel(String name) {
    ChannelEntry entry =
        new ChannelEntry(
            name,
            "webhook",
            Map.of("address", "http://127.0.0.1:9/" + name),
            List.of(),
            List.of(new Recipient("", Language.EN)),
            null,
            true);
    return switch (notifications.channels().create(entry, "test")) {
      case Outcome.Done<ChannelSettings>(ChannelSettings made) -> made.id();
      case Outcome.Refused<ChannelSettings> refused -> throw new AssertionError(refused.message());
    };
  }

  private static Routing.Route root(
      List<Routing.Step> escalation, List<String> muteTimes, String... channels) {
    return new Routing.Route(
        List.of(),
        List.of(channels),
        List.of("instance"),
        false,
        4 * 3_600,
        escalation,
        muteTimes,
        List.of());
  }

  private void route(Routing routing) {
    assertThat(incidents.route(routing, "test")).isInstanceOf(Outcome.Done.class);
  }

  private Transition change(
      Transition.Kind kind, String alert, String instance, String severity, String device) {
    Labels labels =
        Labels.of("alertname", alert, "device", device, "instance", instance, "severity", severity);
    AlertRule rule =
        new AlertRule(
            alert,
            "g",
            alert,
            "load > 0.8",
            Duration.ZERO,
            Duration.ZERO,
            null,
            Map.of("severity", severity),
            Map.of(),
            Duration.ofSeconds(15),
            Duration.ZERO,
            0,
            true,
            AlertRule.Origin.PAGES,
            null,
            true);
    long now = clock.millis();
    AlertState state =
        new AlertState(alert, labels, Map.of(), AlertState.Phase.FIRING, false, now, now, now, 0.9);
    return new Transition(kind, rule, state, now);
  }

  private void accept(Transition... transitions) {
    database.change(transaction -> incidents.accept(transaction, List.of(transitions)));
  }

  private void fired(String alert, String instance) {
    accept(change(Transition.Kind.FIRED, alert, instance, "warning", "a"));
  }

  private void resolved(String alert, String instance) {
    accept(change(Transition.Kind.RESOLVED, alert, instance, "warning", "a"));
  }

  private void after(Duration time) {
    clock.advance(time);
    incidents.sweep();
  }

  /// What the channels would be told, oldest first: `first fired`.
  private List<String> told() {
    List<OutboxRow> rows = new ArrayList<>();
    for (OutboxRow.State state : OutboxRow.State.values()) {
      rows.addAll(notifications.messages(state, 10_000));
    }
    return rows.stream()
        .sorted(Comparator.comparingLong(OutboxRow::createdAt))
        .map(row ->
            (row.channelId().equals(first) ? "first " : "second ")
                + row.notice().kind().name().toLowerCase(java.util.Locale.ROOT))
        .toList();
  }

  private Incident incident() {
    return incidents.search(List.of(), "", "", 0, Long.MAX_VALUE / 2, 10).getFirst().incident();
  }

  private static Schedule weekly(String day, String from, int minutes, String zone) {
    return new Schedule(0, null, List.of(day), from, minutes, zone);
  }

  @Test
  void a_mute_time_holds_messages_back_until_it_is_over() {
    route(
        new Routing(
            root(List.of(), List.of("lunch"), first),
            List.of(),
            List.of(
                new Routing.MuteTime(
                    "lunch", List.of(weekly("mon", "13:00", 30, "Europe/Berlin"))))));
    fired("LoadHigh", "a");
    assertThat(told()).isEmpty();
    assertThat(incident().suppressedBy()).isEqualTo("mute time");
    after(Duration.ofMinutes(29));
    assertThat(told()).isEmpty();
    after(Duration.ofMinutes(1));
    assertThat(told()).containsExactly("first fired");
    assertThat(incident().suppressedBy()).isNull();
  }

  @Test
  void what_ends_in_a_mute_time_is_never_told() {
    route(
        new Routing(
            root(List.of(), List.of("lunch"), first),
            List.of(),
            List.of(new Routing.MuteTime("lunch", List.of(weekly("mon", "12:00", 30, "UTC"))))));
    fired("LoadHigh", "a");
    clock.advance(Duration.ofMinutes(5));
    resolved("LoadHigh", "a");
    after(Duration.ofHours(1));
    assertThat(told()).isEmpty();
    assertThat(incident().state()).isEqualTo(Incident.State.CLOSED);
  }

  @Test
  void a_firing_source_inhibits_what_has_the_same_labels_and_nothing_else() {
    groupedByAlert();
    fired("HostDown", "a");
    clock.advance(Duration.ofSeconds(1));
    fired("LoadHigh", "a");
    assertThat(told()).containsExactly("first fired");
    clock.advance(Duration.ofSeconds(1));
    fired("LoadHigh", "b");
    assertThat(told()).containsExactly("first fired", "first fired");
    clock.advance(Duration.ofSeconds(1));
    resolved("HostDown", "a");
    assertThat(told()).hasSize(3);
    after(Duration.ofSeconds(2));
    assertThat(told()).hasSize(4).last().isEqualTo("first fired");
  }

  private void groupedByAlert() {
    route(
        new Routing(
            new Routing.Route(
                List.of(),
                List.of(first),
                List.of("alertname", "instance"),
                false,
                14_400,
                List.of(),
                List.of(),
                List.of()),
            Routing.DEFAULT.inhibitions(),
            List.of()));
  }

  @Test
  void what_is_wrong_on_a_host_that_may_be_down_waits_for_the_host() {
    groupedByAlert();
    hostsInDoubt.add("a");
    fired("LoadHigh", "a");
    fired("LoadHigh", "b");
    assertThat(told()).containsExactly("first fired");
    assertThat(incidents.search(List.of(), "", "", 0, Long.MAX_VALUE / 2, 10))
        .extracting(line -> line.incident().suppressedBy())
        .containsOnly("dependency", null);
    clock.advance(Duration.ofSeconds(1));
    fired("HostDown", "a");
    hostsInDoubt.clear();
    after(Duration.ofSeconds(2));
    assertThat(told()).containsExactly("first fired", "first fired");
    clock.advance(Duration.ofSeconds(1));
    resolved("HostDown", "a");
    after(Duration.ofSeconds(2));
    assertThat(told()).hasSize(4).last().isEqualTo("first fired");
  }

  @Test
  void what_waited_for_a_host_is_told_as_soon_as_the_host_is_back() {
    hostsInDoubt.add("a");
    fired("LoadHigh", "a");
    after(Duration.ofSeconds(10));
    assertThat(told()).isEmpty();
    hostsInDoubt.clear();
    after(Duration.ofSeconds(2));
    assertThat(told()).hasSize(2).allMatch(one -> one.endsWith("fired"));
  }

  @Test
  void an_inhibition_that_says_nothing_of_instances_reaches_over_hosts() {
    route(
        new Routing(
            root(List.of(), List.of(), first),
            List.of(
                new Routing.Inhibition(
                    List.of(new LabelMatcher("alertname", "=", "SwitchDown")),
                    List.of(new LabelMatcher("alertname", "!=", "SwitchDown")),
                    List.of("device"))),
            List.of()));
    fired("SwitchDown", "switch");
    clock.advance(Duration.ofSeconds(1));
    fired("LoadHigh", "a");
    accept(change(Transition.Kind.FIRED, "LoadHigh", "b", "warning", "other"));
    assertThat(told()).containsExactly("first fired", "first fired");
    assertThat(incidents.search(List.of(), "", "", 0, Long.MAX_VALUE / 2, 10))
        .filteredOn(line -> "inhibition".equals(line.incident().suppressedBy()))
        .extracting(line -> line.incident().subject())
        .containsExactly("a");
  }

  @Test
  void a_source_inhibits_what_fires_in_the_same_moment() {
    groupedByAlert();
    accept(
        change(Transition.Kind.FIRED, "LoadHigh", "a", "warning", "a"),
        change(Transition.Kind.FIRED, "HostDown", "a", "critical", "a"));
    assertThat(told()).containsExactly("first fired");
  }

  @Test
  void lost_data_inhibits_what_is_held_without_it() {
    groupedByAlert();
    fired("DataLost", "a");
    clock.advance(Duration.ofSeconds(1));
    fired("LoadHigh", "a");
    assertThat(told()).containsExactly("first fired");
    clock.advance(Duration.ofSeconds(1));
    fired("HostDown", "a");
    assertThat(told()).containsExactly("first fired", "first fired");
  }

  @Test
  void an_escalation_takes_its_steps_until_somebody_acknowledges() {
    route(
        new Routing(
            root(
                List.of(
                    new Routing.Step(600, List.of(second)),
                    new Routing.Step(1_800, List.of(first, second))),
                List.of(),
                first),
            List.of(),
            List.of()));
    fired("LoadHigh", "a");
    after(Duration.ofSeconds(599));
    assertThat(told()).containsExactly("first fired");
    after(Duration.ofSeconds(1));
    assertThat(told()).containsExactly("first fired", "second escalated");
    assertThat(incident().escalated()).isEqualTo(1);
    assertThat(incidents.acknowledge(incident().id(), 0, "mei")).isInstanceOf(Outcome.Done.class);
    after(Duration.ofHours(2));
    assertThat(told()).hasSize(2);
  }

  @Test
  void an_acknowledgement_that_expires_lets_the_escalation_go_on() {
    route(
        new Routing(
            root(List.of(new Routing.Step(600, List.of(second))), List.of(), first),
            List.of(),
            List.of()));
    fired("LoadHigh", "a");
    assertThat(incidents.acknowledge(incident().id(), 30, "mei")).isInstanceOf(Outcome.Done.class);
    after(Duration.ofMinutes(29));
    assertThat(incident().state()).isEqualTo(Incident.State.ACKNOWLEDGED);
    assertThat(told()).containsExactly("first fired");
    after(Duration.ofMinutes(1));
    assertThat(incident().state()).isEqualTo(Incident.State.OPEN);
    after(Duration.ofSeconds(2));
    assertThat(told()).containsExactly("first fired", "second escalated");
  }

  @Test
  void what_nobody_acknowledges_is_told_again() {
    route(new Routing(root(List.of(), List.of(), first), List.of(), List.of()));
    fired("LoadHigh", "a");
    after(Duration.ofHours(4));
    assertThat(told()).containsExactly("first fired", "first reminder");
  }

  @Test
  void what_begins_again_within_half_an_hour_is_the_same_incident() {
    fired("LoadHigh", "a");
    String id = incident().id();
    clock.advance(Duration.ofMinutes(1));
    resolved("LoadHigh", "a");
    after(Duration.ofMinutes(29));
    fired("LoadHigh", "a");
    assertThat(incident().id()).isEqualTo(id);
    clock.advance(Duration.ofMinutes(1));
    resolved("LoadHigh", "a");
    after(Duration.ofMinutes(31));
    fired("LoadHigh", "a");
    assertThat(incident().id()).isNotEqualTo(id);
  }

  @Test
  void who_took_care_for_a_time_still_does_when_it_begins_again_within_that_time() {
    route(
        new Routing(
            root(List.of(new Routing.Step(300, List.of(second))), List.of(), first),
            List.of(),
            List.of()));
    fired("LoadHigh", "a");
    assertThat(incidents.acknowledge(incident().id(), 20, "mei")).isInstanceOf(Outcome.Done.class);
    clock.advance(Duration.ofMinutes(1));
    resolved("LoadHigh", "a");
    clock.advance(Duration.ofMinutes(1));
    fired("LoadHigh", "a");
    assertThat(incident().state()).isEqualTo(Incident.State.ACKNOWLEDGED);
    assertThat(incident().acknowledgedBy()).isEqualTo("mei");
    after(Duration.ofMinutes(17));
    assertThat(told()).containsExactly("first fired", "first resolved", "first fired");
    after(Duration.ofMinutes(2));
    assertThat(incident().state()).isEqualTo(Incident.State.OPEN);
    assertThat(told()).last().isEqualTo("second escalated");
  }

  @Test
  void an_acknowledgement_without_an_end_ends_with_what_it_was_for() {
    fired("LoadHigh", "a");
    assertThat(incidents.acknowledge(incident().id(), 0, "mei")).isInstanceOf(Outcome.Done.class);
    clock.advance(Duration.ofMinutes(1));
    resolved("LoadHigh", "a");
    clock.advance(Duration.ofMinutes(1));
    fired("LoadHigh", "a");
    assertThat(incident().state()).isEqualTo(Incident.State.OPEN);
    assertThat(incident().acknowledgedBy()).isNull();
  }

  /// Lets an alert begin and end until it counts as flapping: four turns, a minute apart.
  private void flap() {
    for (int i = 0; i < 2; i++) {
      fired("LoadHigh", "a");
      after(Duration.ofMinutes(1));
      resolved("LoadHigh", "a");
      after(Duration.ofMinutes(1));
    }
  }

  @Test
  void what_comes_and_goes_is_told_once_more_and_then_summed_up_each_quarter_of_an_hour() {
    route(new Routing(root(List.of(), List.of(), first), List.of(), List.of()));
    flap();
    assertThat(told())
        .containsExactly("first fired", "first resolved", "first fired", "first digest");
    assertThat(incident().flapping()).isTrue();
    fired("LoadHigh", "a");
    after(Duration.ofMinutes(1));
    resolved("LoadHigh", "a");
    after(Duration.ofMinutes(12));
    assertThat(told()).hasSize(4);
    after(Duration.ofMinutes(1));
    assertThat(told()).hasSize(5).last().isEqualTo("first digest");
    assertThat(lastNotice().resolvedAt()).as("it says how it ended").isNotNull();
    after(Duration.ofMinutes(40));
    assertThat(told()).as("nothing new, nothing told").hasSize(5);
    assertThat(incident().state()).isEqualTo(Incident.State.CLOSED);
  }

  @Test
  void what_stays_bad_after_it_came_and_went_is_told() {
    route(new Routing(root(List.of(), List.of(), first), List.of(), List.of()));
    flap();
    fired("LoadHigh", "a");
    after(Duration.ofMinutes(14));
    assertThat(told()).hasSize(5).last().isEqualTo("first digest");
    assertThat(lastNotice().resolvedAt()).isNull();
    after(Duration.ofHours(1));
    assertThat(told()).hasSize(5);
  }

  @Test
  void a_flapping_incident_is_not_summed_up_in_a_silence() {
    route(new Routing(root(List.of(), List.of(), first), List.of(), List.of()));
    flap();
    fired("LoadHigh", "a");
    resolved("LoadHigh", "a");
    long now = clock.millis();
    assertThat(
            incidents.silence(
                List.of(new LabelMatcher("instance", "=", "a")),
                new Schedule(now, now + 3_600_000, List.of(), null, 0, null),
                false,
                "known",
                "mei"))
        .isInstanceOf(Outcome.Done.class);
    after(Duration.ofMinutes(20));
    assertThat(told()).hasSize(4);
  }

  private Notice lastNotice() {
    return notifications.messages(OutboxRow.State.QUEUED, 1_000).stream()
        .max(Comparator.comparingLong(OutboxRow::createdAt))
        .orElseThrow()
        .notice();
  }

  @Test
  void who_was_told_by_an_escalation_is_told_the_end() {
    route(
        new Routing(
            root(List.of(new Routing.Step(600, List.of(second))), List.of(), first),
            List.of(),
            List.of()));
    fired("LoadHigh", "a");
    after(Duration.ofMinutes(10));
    clock.advance(Duration.ofMinutes(1));
    resolved("LoadHigh", "a");
    assertThat(told())
        .containsExactlyInAnyOrder(
            "first fired", "second escalated", "first resolved", "second resolved");
  }

  @Test
  void many_incidents_that_open_and_end_in_one_moment_are_each_told() {
    route(new Routing(root(List.of(), List.of(), first), List.of(), List.of()));
    fired("Old", "host0");
    clock.advance(Duration.ofMinutes(1));
    Transition[] begin =
        IntStream.range(0, 500)
            .mapToObj(i -> change(Transition.Kind.FIRED, "LoadHigh", "host" + i, "warning", "a"))
            .toArray(Transition[]::new);
    accept(begin);
    assertThat(told()).as("one was open already").hasSize(500);
    assertThat(incidents.search(List.of(), "", "", 0, Long.MAX_VALUE / 2, 1_000))
        .hasSize(500)
        .allMatch(line -> line.firing() == (line.incident().subject().equals("host0") ? 2 : 1));
    clock.advance(Duration.ofMinutes(1));
    accept(
        IntStream.range(0, 500)
            .mapToObj(i -> change(Transition.Kind.RESOLVED, "LoadHigh", "host" + i, "warning", "a"))
            .toArray(Transition[]::new));
    assertThat(
            incidents.search(
                List.of(Incident.State.RESOLVED), "", "", 0, Long.MAX_VALUE / 2, 1_000))
        .hasSize(499);
    assertThat(told()).hasSize(999);
  }

  @Test
  void what_ends_and_what_begins_in_one_moment_stay_one_incident() {
    route(new Routing(root(List.of(), List.of(), first), List.of(), List.of()));
    fired("LoadHigh", "a");
    clock.advance(Duration.ofMinutes(1));
    accept(
        change(Transition.Kind.FIRED, "DiskFull", "a", "warning", "a"),
        change(Transition.Kind.RESOLVED, "LoadHigh", "a", "warning", "a"));
    assertThat(incidents.search(List.of(), "", "", 0, Long.MAX_VALUE / 2, 10))
        .singleElement()
        .satisfies(line -> {
          assertThat(line.incident().state()).isEqualTo(Incident.State.OPEN);
          assertThat(line.incident().title()).isEqualTo("DiskFull");
          assertThat(line.firing()).isEqualTo(1);
        });
  }

  @Test
  void a_silence_keeps_quiet_while_it_holds_and_ends_with_its_time() {
    route(new Routing(root(List.of(), List.of(), first), List.of(), List.of()));
    long now = clock.millis();
    Schedule hour = new Schedule(now, now + 3_600_000, List.of(), null, 0, null);
    assertThat(
            incidents.silence(
                List.of(new LabelMatcher("instance", "=~", "a|b")), hour, true, "repair", "mei"))
        .isInstanceOf(Outcome.Done.class);
    fired("LoadHigh", "a");
    assertThat(incident().suppressedBy()).isEqualTo("maintenance");
    assertThat(told()).isEmpty();
    after(Duration.ofHours(1));
    assertThat(told()).containsExactly("first fired");
  }

  @Test
  void a_thousand_alerts_of_one_host_are_at_most_two_messages() {
    route(new Routing(root(List.of(), List.of(), first), List.of(), List.of()));
    for (int batch = 0; batch < 10; batch++) {
      int from = batch * 100;
      accept(
          IntStream.range(from, from + 100)
              .mapToObj(i -> change(Transition.Kind.FIRED, "Alert" + i, "a", "warning", "d" + i))
              .toArray(Transition[]::new));
      after(Duration.ofSeconds(15));
    }
    after(Duration.ofMinutes(5));
    assertThat(told()).containsExactly("first fired", "first changed");
  }

  @Test
  void a_rule_that_is_never_acknowledged_counts_as_noise() {
    fired("LoadHigh", "a");
    clock.advance(Duration.ofMinutes(1));
    resolved("LoadHigh", "a");
    fired("LoadHigh", "b");
    String id =
        incidents
            .search(List.of(Incident.State.OPEN), "", "", 0, Long.MAX_VALUE / 2, 10)
            .getFirst()
            .incident()
            .id();
    assertThat(incidents.acknowledge(id, 0, "mei")).isInstanceOf(Outcome.Done.class);
    assertThat(incidents.noise(Duration.ofDays(30)))
        .containsExactly(new Incidents.Noise("LoadHigh", 2, 1, 1));
  }

  @Test
  void a_routing_can_be_tried_before_it_is_kept() {
    Routing.Route child =
        new Routing.Route(
            List.of(new LabelMatcher("severity", "=", "critical")),
            List.of(second),
            List.of(),
            true,
            0,
            List.of(),
            List.of(),
            List.of());
    Routing wanted =
        new Routing(
            new Routing.Route(
                List.of(),
                List.of(first),
                List.of("instance"),
                false,
                60,
                List.of(),
                List.of(),
                List.of(child)),
            List.of(),
            List.of());
    assertThat(destination(wanted, Map.of("severity", "critical"))).containsExactly(second);
    assertThat(destination(wanted, Map.of("severity", "warning"))).containsExactly(first);
    assertThat(incidents.routing()).isEqualTo(Routing.DEFAULT);
  }

  private List<String> destination(Routing wanted, Map<String, String> labels) {
    return switch (incidents.destination(wanted, labels)) {
      case Outcome.Done<Incidents.Destination>(Incidents.Destination to) -> to.channels();
      case Outcome.Refused<Incidents.Destination> refused ->
          throw new AssertionError(refused.message());
    };
  }

  @Test
  void a_routing_that_cannot_work_is_refused_with_its_field() {
    assertThat(refusal(new Routing(root(List.of(), List.of(), "nowhere"), List.of(), List.of())))
        .isEqualTo("root");
    assertThat(
            refusal(
                new Routing(
                    root(
                        List.of(
                            new Routing.Step(600, List.of(first)),
                            new Routing.Step(600, List.of(second))),
                        List.of(),
                        first),
                    List.of(),
                    List.of())))
        .isEqualTo("root");
    assertThat(
            refusal(
                new Routing(
                    root(List.of(), List.of(), first),
                    List.of(),
                    List.of(
                        new Routing.MuteTime(
                            "night", List.of(weekly("mon", "25:00", 60, "UTC")))))))
        .isEqualTo("muteTimes");
  }

  private @Nullable String refusal(Routing routing) {
    return switch (incidents.route(routing, "test")) {
      case Outcome.Done<Routing> done -> "kept";
      case Outcome.Refused<Routing> refused -> refused.field();
    };
  }

  @Test
  void maintenance_of_a_group_keeps_alerts_of_its_hosts_quiet_and_marks_those_hosts() {
    route(new Routing(root(List.of(), List.of(), first), List.of(), List.of()));
    Set<String> hostLabels = Set.of("instance", "group");
    assertThat(incidents.maintenanceNow(hostLabels).test(Map.of("group", "db"))).isFalse();
    incidents.silence(
        List.of(new LabelMatcher("group", "=", "db")),
        new Schedule(clock.millis(), clock.millis() + 60_000, List.of(), null, 0, null),
        true,
        "new disks",
        "test");
    incidents.silence(
        List.of(new LabelMatcher("alertname", "=", "LoadHigh")),
        new Schedule(clock.millis(), clock.millis() + 60_000, List.of(), null, 0, null),
        true,
        "about alerts, not about hosts",
        "test");
    assertThat(incidents.maintenanceNow(hostLabels).test(Map.of("group", "db"))).isTrue();
    assertThat(incidents.maintenanceNow(hostLabels).test(Map.of("group", "web"))).isFalse();
    fired("DiskFull", "db1");
    assertThat(incident().suppressedBy()).isEqualTo("maintenance");
    assertThat(told()).isEmpty();
    fired("DiskFull", "web1");
    assertThat(told()).containsExactly("first fired");
    after(Duration.ofMinutes(2));
    assertThat(incidents.maintenanceNow(hostLabels).test(Map.of("group", "db"))).isFalse();
  }
}
