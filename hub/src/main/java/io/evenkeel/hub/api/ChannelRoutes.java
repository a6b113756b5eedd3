package io.evenkeel.hub.api;

import io.evenkeel.hub.notify.ChannelEntry;
import io.evenkeel.hub.notify.ChannelSettings;
import io.evenkeel.hub.notify.Heartbeat;
import io.evenkeel.hub.notify.Notifications;
import io.evenkeel.hub.notify.OutboxRow;
import io.evenkeel.hub.notify.OutboxRow.State;
import io.evenkeel.hub.notify.channel.ChannelKind;
import io.evenkeel.hub.notify.channel.Channels;
import io.evenkeel.hub.notify.channel.Delivery;
import io.evenkeel.hub.notify.channel.Field;
import io.evenkeel.hub.notify.channel.Language;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.notify.channel.Recipient;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.security.Caller;
import io.evenkeel.hub.security.Role;
import io.evenkeel.model.Text;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Ways to tell people: the channels and their forms, the messages on their way, the heartbeat.
/// Times are epoch milliseconds.
public final class ChannelRoutes {
  public record Kinds(List<Kind> kinds) {}

  /// @param to `one_place`, `email`, `phone` or `chat`: what recipients' addresses are
  public record Kind(String name, Text title, ChannelKind.To to, List<Input> fields) {}

  /// One input of a form. A page draws it by its kind.
  public record Input(
      String key,
      Field.Kind kind,
      Text label,
      Text help,
      boolean required,
      String usual,
      List<String> choices) {}

  public record ChannelList(List<Channel> channels) {}

  /// @param secrets the keys of the secrets that are set; their values are never answered
  public record Channel(
      String id,
      String name,
      String kind,
      Map<String, String> form,
      Set<String> secrets,
      List<To> recipients,
      @Nullable String fallbackId,
      boolean enabled,
      long createdAt,
      int queued,
      int sent,
      int dead) {}

  public record To(String address, String language) {}

  /// @param form inputs; a secret that is missing or empty stays as it was
  /// @param forget keys of secrets to remove
  public record Entry(
      String name,
      String kind,
      Map<String, String> form,
      List<String> forget,
      List<To> recipients,
      @Nullable String fallbackId,
      boolean enabled) {}

  /// @param id the channel whose secrets hold where the entry has none; null for a new one
  public record Test(@Nullable String id, Entry channel) {}

  public record Tested(List<Trial> trials) {}

  /// @param outcome `accepted`, `refused` or `not_now`
  /// @param answer what the service said
  public record Trial(String address, String outcome, String answer, double seconds) {}

  public record Messages(List<Message> messages) {}

  /// @param answer what the service said last; empty for whoever is no administrator
  public record Message(
      String key,
      String channelId,
      String address,
      String incidentId,
      Notice.Kind kind,
      String title,
      State state,
      int attempts,
      String answer,
      long eventAt,
      long createdAt,
      long nextTryAt,
      @Nullable Long endedAt) {}

  /// @param url empty when there is none
  public record HeartbeatSetting(
      String url,
      int periodSeconds,
      @Nullable Long lastAt,
      @Nullable Boolean lastOk,
      @Nullable String lastAnswer) {}

  public record NewHeartbeat(String url, int periodSeconds) {}

  private static final int USUAL_MESSAGES = 100;
  private static final int MOST_MESSAGES = 500;
  private static final int USUAL_PERIOD_SECONDS = 60;

  private final Notifications notifications;

  public ChannelRoutes(Notifications notifications) {
    this.notifications = notifications;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/channels/kinds",
            Access.VIEWER,
            "Lists the kinds of channels with their forms.",
            Kinds.class,
            exchange ->
                exchange.answer(
                    new Kinds(Channels.ALL.stream().map(ChannelRoutes::kind).toList()))),
        Route.get(
            "/api/hub/v1/channels",
            Access.VIEWER,
            "Lists the channels, without their secrets.",
            ChannelList.class,
            exchange -> exchange.answer(list())),
        Route.post(
            "/api/hub/v1/channels",
            Access.ADMIN,
            "Adds a channel.",
            Entry.class,
            Channel.class,
            exchange -> {
              ChannelSettings made =
                  Outcomes.resultOf(
                      notifications
                          .channels()
                          .create(entry(exchange.json(Entry.class)), actor(exchange)));
              exchange.answer(channel(made, Map.of()));
            }),
        Route.put(
            "/api/hub/v1/channels/{id}",
            Access.ADMIN,
            "Changes a channel.",
            Entry.class,
            Channel.class,
            exchange -> {
              ChannelSettings changed =
                  Outcomes.resultOf(
                      notifications
                          .channels()
                          .update(
                              exchange.variable("id"),
                              entry(exchange.json(Entry.class)),
                              actor(exchange)));
              exchange.answer(channel(changed, Map.of()));
            }),
        Route.delete(
            "/api/hub/v1/channels/{id}",
            Access.ADMIN,
            "Removes a channel; what waits in it becomes undeliverable.",
            exchange -> {
              Outcomes.resultOf(
                  notifications.channels().delete(exchange.variable("id"), actor(exchange)));
              exchange.done();
            }),
        Route.post(
            "/api/hub/v1/channels/test",
            Access.ADMIN,
            "Sends a test message by a channel as entered, and answers what the service said.",
            Test.class,
            Tested.class,
            this::test),
        Route.get(
            "/api/hub/v1/notifications",
            Access.VIEWER,
            "Lists messages of a `state` (queued, sent, dead, merged), newest first.",
            Messages.class,
            this::messages),
        Route.post(
            "/api/hub/v1/notifications/{key}/retry",
            Access.OPERATOR,
            "Tries an undeliverable message again.",
            null,
            null,
            exchange -> {
              Outcomes.resultOf(notifications.revive(exchange.variable("key"), actor(exchange)));
              exchange.done();
            }),
        Route.delete(
            "/api/hub/v1/notifications/{key}",
            Access.OPERATOR,
            "Discards an undeliverable message.",
            exchange -> {
              Outcomes.resultOf(notifications.discard(exchange.variable("key"), actor(exchange)));
              exchange.done();
            }),
        Route.get(
            "/api/hub/v1/settings/heartbeat",
            Access.ADMIN,
            "Tells which outside address is called while the hub works.",
            HeartbeatSetting.class,
            exchange -> exchange.answer(heartbeat())),
        Route.put(
            "/api/hub/v1/settings/heartbeat",
            Access.ADMIN,
            "Sets which outside address is called while the hub works; an empty one ends it.",
            NewHeartbeat.class,
            HeartbeatSetting.class,
            exchange -> {
              NewHeartbeat entered = exchange.json(NewHeartbeat.class);
              Outcomes.resultOf(
                  notifications
                      .heartbeat()
                      .change(
                          entered.url().strip(),
                          Duration.ofSeconds(entered.periodSeconds()),
                          actor(exchange)));
              exchange.answer(heartbeat());
            }));
  }

  private static String actor(Exchange exchange) {
    return exchange.caller().auditName();
  }

  private static Kind kind(ChannelKind kind) {
    return new Kind(
        kind.name(),
        kind.title(),
        kind.to(),
        kind.fields().stream()
            .map(field ->
                new Input(
                    field.key(),
                    field.kind(),
                    field.label(),
                    field.help(),
                    field.required() && field.usual().isEmpty(),
                    field.usual(),
                    field.choices()))
            .toList());
  }

  private ChannelList list() {
    Map<String, Map<State, Integer>> counts = notifications.counts();
    return new ChannelList(
        notifications.channels().all().stream()
            .map(channel -> channel(channel, counts.getOrDefault(channel.id(), Map.of())))
            .toList());
  }

  private static Channel channel(ChannelSettings channel, Map<State, Integer> counts) {
    return new Channel(
        channel.id(),
        channel.name(),
        channel.kind().name(),
        channel.form(),
        new TreeSet<>(channel.secrets().keySet()),
        channel.recipients().stream()
            .map(one -> new To(one.address(), one.language().code()))
            .toList(),
        channel.fallbackId(),
        channel.enabled(),
        channel.createdAt(),
        counts.getOrDefault(State.QUEUED, 0),
        counts.getOrDefault(State.SENT, 0),
        counts.getOrDefault(State.DEAD, 0));
  }

  private static ChannelEntry entry(Entry entry) {
    return new ChannelEntry(
        entry.name(),
        entry.kind(),
        entry.form(),
        entry.forget(),
        entry.recipients().stream()
            .map(to ->
                new Recipient(
                    to.address().strip(),
                    Language.of(to.language())
                        .orElseThrow(() ->
                            ApiException.badField(
                                "recipients",
                                Text.of("A recipient reads 'en' or 'zh'.", "收件人的语言为 en 或 zh。")))))
            .toList(),
        entry.fallbackId(),
        entry.enabled());
  }

  private void test(Exchange exchange) {
    Test test = exchange.json(Test.class);
    ChannelSettings draft =
        Outcomes.resultOf(notifications.channels().draft(test.id(), entry(test.channel())));
    exchange.answer(
        new Tested(
            notifications.test(draft, actor(exchange)).stream()
                .map(trial ->
                    new Trial(
                        trial.recipient().address(),
                        switch (trial.delivery()) {
                          case Delivery.Accepted accepted -> "accepted";
                          case Delivery.Refused refused -> "refused";
                          case Delivery.NotNow later -> "not_now";
                        },
                        trial.delivery().answer(),
                        trial.seconds()))
                .toList()));
  }

  private void messages(Exchange exchange) {
    String word = exchange.parameter("state").orElse("queued");
    State state;
    try {
      state = State.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw ApiException.badField(
          "state",
          Text.of("The state is queued, sent, dead or merged.", "状态为 queued、sent、dead 或 merged。"));
    }
    int limit = exchange.count("limit", USUAL_MESSAGES, MOST_MESSAGES);
    exchange.answer(
        new Messages(
            notifications.messages(state, limit).stream()
                .map(row -> message(row, exchange.caller()))
                .toList()));
  }

  static Message message(OutboxRow row, Caller asking) {
    boolean admin = asking.role().filter(role -> role.includes(Role.ADMIN)).isPresent();
    return new Message(
        row.key(),
        row.channelId(),
        row.recipient().address(),
        row.notice().incidentId(),
        row.notice().kind(),
        row.notice().subject().isEmpty()
            ? row.notice().title()
            : row.notice().title() + " · " + row.notice().subject(),
        row.state(),
        row.attempts(),
        admin ? row.answer() : "",
        row.eventAt(),
        row.createdAt(),
        row.nextTryAt(),
        row.endedAt());
  }

  private HeartbeatSetting heartbeat() {
    Heartbeat heartbeat = notifications.heartbeat();
    Heartbeat.Beat last = heartbeat.last().orElse(null);
    Heartbeat.Setting setting = heartbeat.setting().orElse(null);
    return new HeartbeatSetting(
        setting == null ? "" : setting.url(),
        setting == null ? USUAL_PERIOD_SECONDS : Math.toIntExact(setting.period().toSeconds()),
        last == null ? null : last.at(),
        last == null ? null : last.ok(),
        last == null ? null : last.answer());
  }
}
