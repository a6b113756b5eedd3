package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A custom robot of a DingTalk group. Its errors come inside an HTTP 200.
///
/// @param secret signs requests; empty when the robot checks a keyword or addresses instead
/// @param mobiles whom a critical alert mentions
record DingTalk(URI server, String token, String secret, String keyword, List<String> mobiles)
    implements Channel {
  static final int LIMIT_BYTES = 20_000;
  private static final List<Integer> THROTTLED = List.of(130_101, 410_100);
  private static final Duration THROTTLE = Duration.ofMinutes(1);

  static final ChannelKind KIND =
      new ChannelKind(
          "dingtalk",
          Text.of("DingTalk", "钉钉"),
          ChannelKind.To.ONE_PLACE,
          List.of(
              Field.secret(
                  "token",
                  Text.of("Access token", "access_token"),
                  Text.of(
                      "The part behind access_token= of the robot's address.",
                      "机器人 Webhook 地址中 access_token= 之后的部分。")),
              Field.secret(
                      "secret",
                      Text.of("Signing secret", "加签密钥"),
                      Text.of(
                          "SEC…, when the robot's security setting is 'sign'.",
                          "安全设置为“加签”时以 SEC 开头的密钥。"))
                  .optional(),
              Field.text(
                      "keyword",
                      Text.of("Keyword", "关键词"),
                      Text.of(
                          "When the robot's security setting is a keyword.", "安全设置为“自定义关键词”时填写。"))
                  .optional(),
              Field.text(
                      "mobiles",
                      Text.of("Mention", "提醒的人"),
                      Text.of(
                          "Mobile numbers, separated by commas, mentioned when it is critical.",
                          "严重告警时 @ 的手机号，用逗号分隔。"))
                  .optional(),
              Field.server("https://oapi.dingtalk.com")),
          new ChannelKind.Rate(20, 20, Duration.ofMinutes(1)),
          false,
          values ->
              new DingTalk(
                  values.url("server"),
                  values.text("token"),
                  values.text("secret"),
                  values.text("keyword"),
                  values.list("mobiles")));

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    byte[] body = body(letter);
    long now = wires.clock().millis();
    String address = server + "/robot/send?access_token=" + escaped(token);
    if (!secret.isEmpty()) {
      address += "&timestamp=" + now + "&sign=" + escaped(sign(now, secret));
    }
    HttpAnswer answer =
        wires.http().send(ServiceJson.post(URI.create(address), Map.of(), body), wires.route());
    if (answer.status() != 200) {
      return Delivery.byStatus(answer);
    }
    JsonNode code = ServiceJson.read(answer).path("errcode");
    String shown = Delivery.shown(answer);
    if (!code.isNumber() || code.asInt() == -1) {
      return Delivery.NotNow.of(shown);
    }
    return code.asInt() == 0
        ? new Delivery.Accepted(shown)
        : THROTTLED.contains(code.asInt())
            ? new Delivery.NotNow(shown, Optional.of(THROTTLE))
            : new Delivery.Refused(shown);
  }

  /// Signs a time: the secret is the key and, behind the time, the message too.
  static String sign(long millis, String secret) {
    return Base64.getEncoder().encodeToString(Signatures.hmac(secret, millis + "\n" + secret));
  }

  private byte[] body(Letter letter) {
    NoticeText text = letter.text();
    boolean mention = letter.notice().severity().equals("critical") && !letter.notice().isOver();
    StringBuilder words = new StringBuilder();
    words.append("#### ").append(Markdown.quiet(text.title())).append("\n\n");
    words.append(text.body(Markdown::quiet, "  \n"));
    if (!keyword.isEmpty() && words.indexOf(keyword) < 0) {
      words.append("\n\n").append(keyword);
    }
    StringBuilder end = new StringBuilder();
    if (!text.link().isEmpty()) {
      end.append("\n\n[").append(text.linkWords()).append("](").append(text.link()).append(')');
    }
    if (mention) {
      mobiles.forEach(mobile -> end.append(" @").append(mobile));
    }
    String cut =
        Printable.cutToFit(
            words.toString(), LIMIT_BYTES, one -> json(text, one + end, mention).length);
    return json(text, cut + end, mention);
  }

  private byte[] json(NoticeText text, String words, boolean mention) {
    return ServiceJson.write(
        Map.of(
            "msgtype",
            "markdown",
            "markdown",
            Map.of("title", text.title(), "text", words),
            "at",
            Map.of("atMobiles", mention ? mobiles : List.of(), "isAtAll", false)));
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
