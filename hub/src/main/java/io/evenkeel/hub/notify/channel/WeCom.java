package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A group robot of WeCom (WeChat Work). Its errors come inside an HTTP 200; nothing is signed.
///
/// @param users whom a critical alert mentions, by user id
record WeCom(URI server, String key, List<String> users) implements Channel {
  static final int LIMIT_BYTES = 4_096;
  private static final int BUSY = -1;
  private static final int RATE = 45_009;
  private static final Duration THROTTLE = Duration.ofMinutes(1);

  static final ChannelKind KIND =
      new ChannelKind(
          "wecom",
          Text.of("WeCom", "企业微信"),
          ChannelKind.To.ONE_PLACE,
          List.of(
              Field.secret(
                  "key",
                  Text.of("Robot key", "机器人 key"),
                  Text.of("The part behind key= of the robot's address.", "机器人地址中 key= 之后的部分。")),
              Field.text(
                      "users",
                      Text.of("Mention", "提醒的成员"),
                      Text.of(
                          "User ids, separated by commas, mentioned when it is critical.",
                          "严重告警时 @ 的成员 userid，用逗号分隔。"))
                  .optional(),
              Field.server("https://qyapi.weixin.qq.com")),
          new ChannelKind.Rate(20, 20, Duration.ofMinutes(1)),
          false,
          values -> new WeCom(values.url("server"), values.text("key"), values.list("users")));

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    URI address =
        URI.create(
            server + "/cgi-bin/webhook/send?key=" + URLEncoder.encode(key, StandardCharsets.UTF_8));
    byte[] body =
        ServiceJson.write(
            Map.of("msgtype", "markdown", "markdown", Map.of("content", content(letter))));
    HttpAnswer answer = wires.http().send(ServiceJson.post(address, Map.of(), body), wires.route());
    if (answer.status() != 200) {
      return Delivery.byStatus(answer);
    }
    JsonNode code = ServiceJson.read(answer).path("errcode");
    String shown = Delivery.shown(answer);
    if (!code.isNumber() || code.asInt() == BUSY) {
      return Delivery.NotNow.of(shown);
    }
    return switch (code.asInt()) {
      case 0 -> new Delivery.Accepted(shown);
      case RATE -> new Delivery.NotNow(shown, Optional.of(THROTTLE));
      default -> new Delivery.Refused(shown);
    };
  }

  private String content(Letter letter) {
    NoticeText text = letter.text();
    Notice notice = letter.notice();
    String colour = notice.isOver() ? "info" : "warning";
    StringBuilder words = new StringBuilder();
    words.append("<font color=\"").append(colour).append("\">");
    words.append(Markdown.quiet(text.title())).append("</font>\n");
    words.append(text.body(Markdown::quiet, "\n"));
    StringBuilder end = new StringBuilder();
    if (!text.link().isEmpty()) {
      end.append("\n[").append(text.linkWords()).append("](").append(text.link()).append(')');
    }
    if (notice.severity().equals("critical") && !notice.isOver()) {
      users.forEach(user -> end.append(" <@").append(user).append('>'));
    }
    int room = LIMIT_BYTES - end.toString().getBytes(StandardCharsets.UTF_8).length;
    return Printable.cutBytes(words.toString(), room) + end;
  }
}
