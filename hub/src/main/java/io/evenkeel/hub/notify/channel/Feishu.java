package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A custom bot of a Feishu or Lark group. Its errors come inside an HTTP 200.
///
/// @param hook the bot's id
/// @param secret signs requests; empty when the bot checks a keyword or addresses instead
record Feishu(URI server, String hook, String secret, String keyword) implements Channel {
  static final int LIMIT_BYTES = 20 << 10;
  private static final int THROTTLED = 11_232;
  private static final Duration THROTTLE = Duration.ofSeconds(10);

  static final ChannelKind KIND =
      new ChannelKind(
          "feishu",
          Text.of("Feishu / Lark", "飞书 / Lark"),
          ChannelKind.To.ONE_PLACE,
          List.of(
              Field.secret(
                  "hook",
                  Text.of("Bot id", "机器人标识"),
                  Text.of(
                      "The last part of the bot's address, behind /hook/.", "机器人地址 /hook/ 之后的部分。")),
              Field.secret(
                      "secret",
                      Text.of("Signing secret", "签名密钥"),
                      Text.of("When the bot's security setting is 'signature'.", "安全设置为“签名校验”时填写。"))
                  .optional(),
              Field.text(
                      "keyword",
                      Text.of("Keyword", "关键词"),
                      Text.of("When the bot's security setting is a keyword.", "安全设置为“自定义关键词”时填写。"))
                  .optional(),
              Field.text(
                      "server",
                      Text.of("Service address", "服务地址"),
                      Text.of(
                          "https://open.larksuite.com for Lark, outside of China.",
                          "国际版 Lark 请填写 https://open.larksuite.com。"))
                  .usually("https://open.feishu.cn")),
          new ChannelKind.Rate(5, 100, Duration.ofMinutes(1)),
          false,
          values ->
              new Feishu(
                  values.url("server"),
                  values.text("hook"),
                  values.text("secret"),
                  values.text("keyword")));

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    URI address =
        URI.create(
            server + "/open-apis/bot/v2/hook/" + URLEncoder.encode(hook, StandardCharsets.UTF_8));
    byte[] body = body(letter, wires.clock().millis() / 1000);
    HttpAnswer answer = wires.http().send(ServiceJson.post(address, Map.of(), body), wires.route());
    JsonNode code = ServiceJson.read(answer).path("code");
    String shown = Delivery.shown(answer);
    if (!code.isNumber()) {
      return answer.status() == 200 ? Delivery.NotNow.of(shown) : Delivery.byStatus(answer);
    }
    return switch (code.asInt()) {
      case 0 -> new Delivery.Accepted(shown);
      case THROTTLED ->
          new Delivery.NotNow(shown, answer.retryAfter().or(() -> Optional.of(THROTTLE)));
      default ->
          answer.status() == 429 || answer.status() >= 500
              ? new Delivery.NotNow(shown, answer.retryAfter())
              : new Delivery.Refused(shown);
    };
  }

  /// Signs a time: here time and secret are the key, and the message is empty.
  static String sign(long seconds, String secret) {
    return Base64.getEncoder().encodeToString(Signatures.hmac(seconds + "\n" + secret, ""));
  }

  private byte[] body(Letter letter, long seconds) {
    NoticeText text = letter.text();
    StringBuilder words = new StringBuilder(text.body(Markdown::quiet, "\n"));
    if (!keyword.isEmpty() && words.indexOf(keyword) < 0 && !text.title().contains(keyword)) {
      words.append('\n').append(keyword);
    }
    String link = text.link().isEmpty() ? "" : "\n[" + text.linkWords() + "](" + text.link() + ")";
    String cut =
        Printable.cutToFit(
            words.toString(), LIMIT_BYTES, one -> json(letter, text, one + link, seconds).length);
    return json(letter, text, cut + link, seconds);
  }

  private byte[] json(Letter letter, NoticeText text, String words, long seconds) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (!secret.isEmpty()) {
      body.put("timestamp", Long.toString(seconds));
      body.put("sign", sign(seconds, secret));
    }
    List<Object> elements = new ArrayList<>();
    elements.add(Map.of("tag", "markdown", "content", words));
    body.put("msg_type", "interactive");
    body.put(
        "card",
        Map.of(
            "schema",
            "2.0",
            "header",
            Map.of(
                "title",
                Map.of("tag", "plain_text", "content", text.title()),
                "template",
                colour(letter.notice())),
            "body",
            Map.of("elements", elements)));
    return ServiceJson.write(body);
  }

  private static String colour(Notice notice) {
    if (notice.isOver()) {
      return "green";
    }
    return switch (notice.severity()) {
      case "critical" -> "red";
      case "warning" -> "orange";
      default -> "blue";
    };
  }
}
