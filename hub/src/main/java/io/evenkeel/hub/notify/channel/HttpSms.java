package io.evenkeel.hub.notify.channel;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.hub.outgoing.HttpCall;
import io.evenkeel.model.Text;
import io.evenkeel.model.outgoing.AddressRules.Reach;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// SMS by a gateway with an HTTP interface, such as Kannel: its address and body are templates.
///
/// `{to}`, `{text}`, `{coding}` (0 for the GSM alphabet, 2 for UCS-2, as Kannel counts), `{user}`
/// and `{password}` are filled in, escaped for where they stand.
///
/// @param address a template
/// @param body a template; empty sends a GET
/// @param success what an answer's body must contain; empty judges by the status alone
record HttpSms(
    String address, String body, String contentType, String user, String password, String success)
    implements Channel {
  private static final String KANNEL =
      "http://127.0.0.1:13013/cgi-bin/sendsms?username={user}&password={password}&to={to}"
          + "&text={text}&coding={coding}&charset=UTF-8";
  private static final int LIMIT_CHARACTERS = 1_600;

  static final ChannelKind KIND =
      new ChannelKind(
          "http-sms",
          Text.of("SMS by an HTTP gateway (Kannel …)", "短信（HTTP 网关，如 Kannel）"),
          ChannelKind.To.PHONE,
          List.of(
              Field.text(
                      "address",
                      Text.of("Address", "地址"),
                      Text.of(
                          "With {to}, {text}, {coding}, {user} and {password} where they belong.",
                          "在相应位置写 {to}、{text}、{coding}、{user}、{password}。"))
                  .usually(KANNEL),
              Field.text("user", Text.of("User", "用户名"), Text.of("Fills {user}.", "代入 {user}。"))
                  .optional(),
              Field.secret(
                      "password",
                      Text.of("Password", "密码"),
                      Text.of("Fills {password}.", "代入 {password}。"))
                  .optional(),
              Field.longText(
                  "body",
                  Text.of("Body", "请求体"),
                  Text.of(
                      "Sent by POST when there is one, with the same places to fill.",
                      "填写后以 POST 发送，可使用同样的占位符。")),
              Field.choice(
                  "contentType",
                  List.of("application/json", "application/x-www-form-urlencoded"),
                  Text.of("Type of the body", "请求体类型"),
                  Text.of("Decides how values are escaped.", "决定取值如何转义。")),
              Field.text(
                      "success",
                      Text.of("Sign of success", "成功标志"),
                      Text.of(
                          "A regular expression that the answer contains when it was taken.",
                          "应答被接受时包含的正则表达式。"))
                  .optional()),
          new ChannelKind.Rate(10, 10, Duration.ofSeconds(1)),
          false,
          HttpSms::read);

  private static HttpSms read(FieldValues values) {
    HttpSms channel =
        new HttpSms(
            values.text("address"),
            values.text("body"),
            values.text("contentType"),
            values.text("user"),
            values.text("password"),
            values.text("success"));
    URI filled = FieldValues.webAddress(channel.fill(channel.address, "0", "x", HttpSms::escaped));
    if (filled == null) {
      values.problem("address", Text.of("is a web address such as " + KANNEL, "应为网址，例如 " + KANNEL));
    } else {
      values.leadsTo("address", filled.getHost(), Reach.ALLOWED);
    }
    if (!channel.address.contains("{text}") && !channel.body.contains("{text}")) {
      values.problem(
          "address", Text.of("neither address nor body has a {text}", "地址和请求体中都没有 {text}"));
    }
    try {
      var unused = Pattern.compile(channel.success);
    } catch (PatternSyntaxException e) {
      values.problem(
          "success",
          Text.of(
              "is no regular expression: " + e.getDescription(), "不是正则表达式：" + e.getDescription()));
    }
    return channel;
  }

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    String text = Printable.cutUnits(letter.text().brief(), LIMIT_CHARACTERS);
    String to = letter.recipient().address();
    URI uri;
    try {
      uri = new URI(fill(address, to, text, HttpSms::escaped));
    } catch (URISyntaxException e) {
      return new Delivery.Refused("the filled address is none: " + e.getReason());
    }
    boolean form = contentType.equals("application/x-www-form-urlencoded");
    HttpCall call =
        body.isEmpty()
            ? HttpCall.get(uri, Map.of())
            : HttpCall.post(
                uri,
                Map.of(),
                contentType,
                fill(body, to, text, form ? HttpSms::escaped : HttpSms::inJson)
                    .getBytes(StandardCharsets.UTF_8));
    HttpAnswer answer = wires.http().send(call, wires.route());
    Delivery judged = Delivery.byStatus(answer);
    return judged instanceof Delivery.Accepted
            && !success.isEmpty()
            && !Pattern.compile(success).matcher(answer.text()).find()
        ? new Delivery.Refused(Delivery.shown(answer))
        : judged;
  }

  private interface Escape {
    String of(String text);
  }

  private String fill(String template, String to, String text, Escape escape) {
    return template
        .replace("{to}", escape.of(to))
        .replace("{coding}", SmsText.isGsm(text) ? "0" : "2")
        .replace("{user}", escape.of(user))
        .replace("{password}", escape.of(password))
        .replace("{text}", escape.of(text));
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String inJson(String text) {
    String quoted = new String(ServiceJson.write(text), StandardCharsets.UTF_8);
    return quoted.substring(1, quoted.length() - 1);
  }
}
