package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A bot of Telegram; its recipients are chats. What follows the first message about an incident
/// answers to it. When Telegram cannot parse a formatted message, the plain text goes.
record Telegram(URI server, String token) implements Channel {
  static final int LIMIT_CHARACTERS = 4_096;

  static final ChannelKind KIND =
      new ChannelKind(
          "telegram",
          Text.of("Telegram", "Telegram"),
          ChannelKind.To.CHAT,
          List.of(
              Field.secret(
                  "token",
                  Text.of("Bot token", "机器人令牌"),
                  Text.of("123456:ABC…, from @BotFather.", "从 @BotFather 获得，形如 123456:ABC…")),
              Field.server("https://api.telegram.org")),
          new ChannelKind.Rate(20, 20, Duration.ofMinutes(1)),
          false,
          values -> {
            if (!values.text("token").matches("[0-9]{1,20}:[A-Za-z0-9_-]{3,100}|")) {
              values.problem(
                  "token", Text.of("is a token such as 123456:ABC…", "应为形如 123456:ABC… 的令牌"));
            }
            return new Telegram(values.url("server"), values.text("token"));
          });

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    Delivery formatted = post(letter, html(letter.text()), "HTML", wires);
    return formatted instanceof Delivery.Refused refused
            && refused.answer().contains("can't parse entities")
        ? post(letter, Printable.cutUnits(letter.text().plain(), LIMIT_CHARACTERS), "", wires)
        : formatted;
  }

  private Delivery post(Letter letter, String words, String mode, Wires wires) throws IOException {
    Map<String, Object> body = new LinkedHashMap<>();
    String[] chat = letter.recipient().address().split(":", 2);
    body.put("chat_id", chat[0]);
    if (chat.length > 1) {
      body.put("message_thread_id", Long.parseLong(chat[1]));
    }
    if (!letter.thread().isEmpty()) {
      body.put(
          "reply_parameters",
          Map.of(
              "message_id", Long.parseLong(letter.thread()), "allow_sending_without_reply", true));
    }
    body.put("text", words);
    if (!mode.isEmpty()) {
      body.put("parse_mode", mode);
    }
    body.put("link_preview_options", Map.of("is_disabled", true));
    HttpAnswer answer =
        wires
            .http()
            .send(
                ServiceJson.post(
                    URI.create(server + "/bot" + token + "/sendMessage"),
                    Map.of(),
                    ServiceJson.write(body)),
                wires.route());
    JsonNode json = ServiceJson.read(answer);
    String shown = Delivery.shown(answer);
    if (json.path("ok").asBoolean(false)) {
      JsonNode id = json.path("result").path("message_id");
      return new Delivery.Accepted(
          shown, letter.thread().isEmpty() && id.isNumber() ? id.asString() : letter.thread());
    }
    JsonNode wait = json.path("parameters").path("retry_after");
    return wait.isNumber()
        ? new Delivery.NotNow(shown, Optional.of(Duration.ofSeconds(wait.asLong())))
        : answer.status() == 200 ? Delivery.NotNow.of(shown) : Delivery.byStatus(answer);
  }

  /// Telegram counts the characters that are left after parsing, so the cut is before the escape.
  private static String html(NoticeText text) {
    String link =
        text.link().isEmpty()
            ? ""
            : "\n\n<a href=\""
                + Markdown.entities(text.link()).replace("\"", "&quot;")
                + "\">"
                + Markdown.entities(text.linkWords())
                + "</a>";
    int room = LIMIT_CHARACTERS - text.title().length() - text.linkWords().length() - 8;
    String body = Printable.cutUnits(text.body(line -> line, "\n"), room);
    return "<b>" + Markdown.entities(text.title()) + "</b>\n\n" + Markdown.entities(body) + link;
  }
}
