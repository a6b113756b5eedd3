package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.hub.outgoing.HttpCall;
import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// SMS by Alibaba Cloud (dysmsapi 2017-05-25), signed by ACS3-HMAC-SHA256.
record AliyunSms(
    URI server, String keyId, String keySecret, String sign, String template, List<String> names)
    implements Channel {
  static final ChannelKind KIND =
      new ChannelKind(
          "aliyun-sms",
          Text.of("SMS by Alibaba Cloud", "短信（阿里云）"),
          ChannelKind.To.PHONE,
          List.of(
              Field.text(
                  "keyId",
                  Text.of("AccessKey id", "AccessKey ID"),
                  Text.of("Of a RAM user who may only send SMS.", "建议使用仅有短信权限的 RAM 用户。")),
              Field.secret(
                  "keySecret",
                  Text.of("AccessKey secret", "AccessKey Secret"),
                  Text.of("Belongs to the id.", "与 AccessKey ID 对应。")),
              Field.text(
                  "sign",
                  Text.of("Signature name", "短信签名"),
                  Text.of("As approved in the console.", "控制台中审核通过的签名。")),
              Field.text(
                  "template",
                  Text.of("Template code", "模板 CODE"),
                  Text.of("SMS_…; its variables are named below.", "形如 SMS_…；变量名见下。")),
              SmsVariables.field(),
              Field.server("https://dysmsapi.aliyuncs.com")),
          new ChannelKind.Rate(5, 5, Duration.ofSeconds(1)),
          false,
          values ->
              new AliyunSms(
                  values.url("server"),
                  values.text("keyId"),
                  values.text("keySecret"),
                  values.text("sign"),
                  values.text("template"),
                  SmsVariables.read(values, "variables")));

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    Map<String, String> chosen = SmsVariables.chosen(letter, names);
    Map<String, String> query = new TreeMap<>();
    query.put("PhoneNumbers", letter.recipient().address());
    query.put("SignName", sign);
    query.put("TemplateCode", template);
    query.put("TemplateParam", new String(ServiceJson.write(chosen), StandardCharsets.UTF_8));
    query.put("OutId", letter.key().substring(0, Math.min(32, letter.key().length())));
    Instant now = Instant.ofEpochMilli(wires.clock().millis() / 1000 * 1000);
    String canonicalQuery = canonicalQuery(query);
    Map<String, String> headers = headers(server.getRawAuthority(), now.toString(), letter.key());
    headers.put(
        "Authorization",
        new CanonicalRequest(canonicalQuery, headers, new byte[0]).alibaba(keyId, keySecret));
    headers.remove("host");
    HttpAnswer answer =
        wires
            .http()
            .send(
                HttpCall.post(URI.create(server + "/?" + canonicalQuery), headers, "", new byte[0]),
                wires.route());
    JsonNode json = ServiceJson.read(answer);
    String code = json.path("Code").asString("");
    String shown = Delivery.shown(answer);
    if (code.equals("OK")) {
      return new Delivery.Accepted(shown);
    }
    if (code.equals("isv.BUSINESS_LIMIT_CONTROL") || code.startsWith("Throttling")) {
      return new Delivery.NotNow(shown, Optional.of(Duration.ofMinutes(1)));
    }
    return code.isEmpty() || answer.status() >= 500
        ? answer.status() == 200 ? Delivery.NotNow.of(shown) : Delivery.byStatus(answer)
        : new Delivery.Refused(shown);
  }

  private static Map<String, String> headers(String host, String date, String nonce) {
    Map<String, String> headers = new HashMap<>();
    headers.put("host", host);
    headers.put("x-acs-action", "SendSms");
    headers.put("x-acs-version", "2017-05-25");
    headers.put("x-acs-date", date);
    headers.put("x-acs-signature-nonce", nonce + date);
    headers.put("x-acs-content-sha256", Signatures.sha256Hex(new byte[0]));
    return headers;
  }

  /// RFC 3986 escapes, sorted by name.
  static String canonicalQuery(Map<String, String> query) {
    StringBuilder out = new StringBuilder();
    new TreeMap<>(query)
        .forEach((name, value) ->
            out.append(out.isEmpty() ? "" : "&")
                .append(percent(name))
                .append('=')
                .append(percent(value)));
    return out.toString();
  }

  private static String percent(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }
}
