package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.hub.outgoing.HttpCall;
import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// SMS by Twilio.
///
/// @param from a number, or the id of a messaging service (`MG…`)
record TwilioSms(URI server, String account, String token, String from) implements Channel {
  private static final int LIMIT_CHARACTERS = 1_600;

  static final ChannelKind KIND =
      new ChannelKind(
          "twilio-sms",
          Text.of("SMS by Twilio", "短信（Twilio）"),
          ChannelKind.To.PHONE,
          List.of(
              Field.text(
                  "account",
                  Text.of("Account SID", "Account SID"),
                  Text.of("AC…, from the console.", "控制台中以 AC 开头的标识。")),
              Field.secret(
                  "token",
                  Text.of("Auth token", "Auth Token"),
                  Text.of("From the console.", "控制台中的令牌。")),
              Field.text(
                  "from",
                  Text.of("From", "发送方"),
                  Text.of(
                      "A number of yours such as +15005550006, or a messaging service MG….",
                      "自己的号码，例如 +15005550006；或以 MG 开头的消息服务。")),
              Field.server("https://api.twilio.com")),
          new ChannelKind.Rate(1, 1, Duration.ofSeconds(1)),
          false,
          values -> {
            if (!values.text("account").matches("[A-Za-z0-9]{0,64}")) {
              values.problem("account", Text.of("is an id such as AC…", "应为形如 AC… 的 ID"));
            }
            return new TwilioSms(
                values.url("server"),
                values.text("account"),
                values.text("token"),
                values.text("from"));
          });

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    String form =
        "To="
            + escaped(letter.recipient().address())
            + (from.startsWith("MG") ? "&MessagingServiceSid=" : "&From=")
            + escaped(from)
            + "&Body="
            + escaped(Printable.cutUnits(letter.text().brief(), LIMIT_CHARACTERS));
    String login =
        Base64.getEncoder()
            .encodeToString((account + ":" + token).getBytes(StandardCharsets.UTF_8));
    HttpAnswer answer =
        wires
            .http()
            .send(
                HttpCall.post(
                    URI.create(server + "/2010-04-01/Accounts/" + account + "/Messages.json"),
                    Map.of("Authorization", "Basic " + login),
                    "application/x-www-form-urlencoded",
                    form.getBytes(StandardCharsets.UTF_8)),
                wires.route());
    return Delivery.byStatus(answer);
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
