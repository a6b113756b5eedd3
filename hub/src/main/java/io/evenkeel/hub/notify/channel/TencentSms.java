package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// SMS by Tencent Cloud (2021-01-11), signed by TC3-HMAC-SHA256.
record TencentSms(
    URI server,
    String secretId,
    String secretKey,
    String region,
    String app,
    String sign,
    String template,
    List<String> names)
    implements Channel {
  private static final String CONTENT_TYPE = "application/json; charset=utf-8";

  static final ChannelKind KIND =
      new ChannelKind(
          "tencent-sms",
          Text.of("SMS by Tencent Cloud", "短信（腾讯云）"),
          ChannelKind.To.PHONE,
          List.of(
              Field.text(
                  "secretId",
                  Text.of("Secret id", "SecretId"),
                  Text.of("Of a sub-account that may only send SMS.", "建议使用仅有短信权限的子账号。")),
              Field.secret(
                  "secretKey",
                  Text.of("Secret key", "SecretKey"),
                  Text.of("Belongs to the id.", "与 SecretId 对应。")),
              Field.text(
                  "app",
                  Text.of("SMS application id", "短信应用 SdkAppId"),
                  Text.of("Such as 1400006666.", "例如 1400006666。")),
              Field.text(
                  "sign",
                  Text.of("Signature name", "短信签名"),
                  Text.of("As approved in the console.", "控制台中审核通过的签名。")),
              Field.text(
                  "template",
                  Text.of("Template id", "模板 ID"),
                  Text.of("Of an approved template.", "审核通过的模板。")),
              SmsVariables.field(),
              Field.text(
                      "region",
                      Text.of("Region", "地域"),
                      Text.of("Where the application is.", "短信应用所在地域。"))
                  .usually("ap-guangzhou"),
              Field.server("https://sms.tencentcloudapi.com")),
          new ChannelKind.Rate(20, 20, Duration.ofSeconds(1)),
          false,
          values ->
              new TencentSms(
                  values.url("server"),
                  values.text("secretId"),
                  values.text("secretKey"),
                  values.text("region"),
                  values.text("app"),
                  values.text("sign"),
                  values.text("template"),
                  SmsVariables.read(values, "variables")));

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("PhoneNumberSet", List.of(letter.recipient().address()));
    request.put("SmsSdkAppId", app);
    request.put("SignName", sign);
    request.put("TemplateId", template);
    request.put("TemplateParamSet", SmsVariables.chosen(letter, names).values());
    request.put("SessionContext", letter.key());
    byte[] body = ServiceJson.write(request);
    Instant now = Instant.ofEpochSecond(wires.clock().millis() / 1000);
    Map<String, String> signed =
        Map.of("content-type", CONTENT_TYPE, "host", server.getRawAuthority());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-TC-Action", "SendSms");
    headers.put("X-TC-Version", "2021-01-11");
    headers.put("X-TC-Region", region);
    headers.put("X-TC-Timestamp", Long.toString(now.getEpochSecond()));
    headers.put(
        "Authorization",
        new CanonicalRequest("", signed, body).tencent(secretId, secretKey, "sms", now));
    HttpAnswer answer =
        wires.http().send(ServiceJson.post(URI.create(server + "/"), headers, body), wires.route());
    return judge(answer);
  }

  private static Delivery judge(HttpAnswer answer) {
    String shown = Delivery.shown(answer);
    if (answer.status() != 200) {
      return Delivery.byStatus(answer);
    }
    JsonNode response = ServiceJson.read(answer).path("Response");
    String error = response.path("Error").path("Code").asString("");
    JsonNode status = response.path("SendStatusSet").path(0).path("Code");
    String code = error.isEmpty() ? status.asString("") : error;
    if (code.equals("Ok")) {
      return new Delivery.Accepted(shown);
    }
    if (code.startsWith("LimitExceeded") || code.startsWith("RequestLimitExceeded")) {
      return new Delivery.NotNow(shown, Optional.of(Duration.ofMinutes(1)));
    }
    return code.isEmpty() || code.startsWith("InternalError")
        ? Delivery.NotNow.of(shown)
        : new Delivery.Refused(shown);
  }
}
