package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// A bot of Slack; its recipients are Slack's channels. Each incident is one thread: what follows
/// its first message answers to it (`chat.postMessage` with `thread_ts`), and the first message
/// itself is rewritten to say how things are now (`chat.update`), so that the channel stays short.
///
/// A thread's name here is `channel/timestamp`, as Slack answers them: `chat.update` takes no
/// channel's name.
record SlackBot(URI server, String token) implements Channel {
  /// What passes by itself, as Slack's documents of `chat.postMessage` have it.
  private static final Set<String> PASSING =
      Set.of(
          "ratelimited",
          "rate_limited",
          "internal_error",
          "fatal_error",
          "request_timeout",
          "service_unavailable",
          "team_added_to_org");

  /// What is said of a first message that was deleted.
  private static final Set<String> THREAD_GONE =
      Set.of("thread_not_found", "message_not_found", "cannot_reply_to_message");

  /// What the channel is to notice, though it stands in a thread.
  private static final Set<Notice.Kind> LOUD =
      Set.of(Notice.Kind.FIRED, Notice.Kind.ESCALATED, Notice.Kind.REMINDER);

  static final ChannelKind KIND =
      new ChannelKind(
          "slack-bot",
          Text.of("Slack bot (threads)", "Slack 机器人（消息列）"),
          ChannelKind.To.SLACK_CHANNEL,
          List.of(
              Field.secret(
                  "token",
                  Text.of("Bot token", "机器人令牌"),
                  Text.of(
                      "xoxb-… of a Slack app with the scope chat:write, invited to the channel.",
                      "Slack 应用的 xoxb-… 令牌，需要 chat:write 权限，并已加入频道。")),
              Field.server("https://slack.com")),
          // chat.update is taken 50 times a minute, chat.postMessage about once a second.
          new ChannelKind.Rate(3, 50, Duration.ofMinutes(1)),
          false,
          SlackBot::read);

  private static SlackBot read(FieldValues values) {
    if (!values.text("token").matches("xox[a-z][A-Za-z0-9.-]{5,300}|")) {
      values.problem("token", Text.of("is a token such as xoxb-…", "应为形如 xoxb-… 的令牌"));
    }
    return new SlackBot(values.url("server"), values.text("token"));
  }

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    int slash = letter.thread().indexOf('/');
    if (slash < 0) {
      return post(letter, "", wires);
    }
    String channel = letter.thread().substring(0, slash);
    String first = letter.thread().substring(slash + 1);
    Delivery posted = post(letter, first, wires);
    return switch (posted) {
      case Delivery.Accepted accepted -> accepted.and(rewrite(letter, channel, first, wires));
      case Delivery.Refused refused
          when THREAD_GONE.stream().anyMatch(refused.answer()::contains) ->
          post(letter, "", wires);
      case Delivery.Refused refused -> refused;
      case Delivery.NotNow later -> later;
    };
  }

  private Delivery post(Letter letter, String first, Wires wires) throws IOException {
    Map<String, Object> body = message(letter.recipient().address(), letter.text());
    body.put("unfurl_links", false);
    if (!first.isEmpty()) {
      body.put("thread_ts", first);
      body.put("reply_broadcast", LOUD.contains(letter.notice().kind()));
    }
    HttpAnswer answer = call("chat.postMessage", body, wires);
    JsonNode json = ServiceJson.read(answer);
    String shown = Delivery.shown(answer);
    if (json.path("ok").asBoolean(false)) {
      return new Delivery.Accepted(
          shown,
          first.isEmpty()
              ? json.path("channel").asString("") + "/" + json.path("ts").asString("")
              : letter.thread());
    }
    if (answer.status() != 200) {
      return Delivery.byStatus(answer);
    }
    String error = json.path("error").asString("");
    return error.isEmpty() || PASSING.contains(error)
        ? new Delivery.NotNow(shown, answer.retryAfter())
        : new Delivery.Refused(shown);
  }

  /// Rewrites an incident's first message; answers what went wrong, or an empty text. The message
  /// itself has been taken by then, so that none of this may let it be sent again.
  private String rewrite(Letter letter, String channel, String first, Wires wires) {
    Map<String, Object> body = message(channel, letter.text());
    body.put("ts", first);
    try {
      HttpAnswer answer = call("chat.update", body, wires);
      return ServiceJson.read(answer).path("ok").asBoolean(false)
          ? ""
          : "the first message stays as it was: " + Delivery.shown(answer);
    } catch (IOException e) {
      return "the first message stays as it was: "
          + Printable.line(String.valueOf(e.getMessage()), 120);
    }
  }

  private static Map<String, Object> message(String channel, NoticeText text) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("channel", channel);
    body.put("text", SlackBlocks.fallback(text));
    body.put("blocks", SlackBlocks.of(text));
    return body;
  }

  private HttpAnswer call(String method, Map<String, Object> body, Wires wires) throws IOException {
    return wires
        .http()
        .send(
            ServiceJson.post(
                URI.create(server + "/api/" + method),
                Map.of("Authorization", "Bearer " + token),
                ServiceJson.write(body)),
            wires.route());
  }
}
