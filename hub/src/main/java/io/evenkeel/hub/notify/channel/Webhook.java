package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.notify.channel.Notice.Item;
import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A web address that takes Alertmanager's payload, version 4, so that what understands
/// Alertmanager understands Evenkeel.
///
/// Each request carries an `Idempotency-Key`, and an `X-Evenkeel-Signature: sha256=…` over the body
/// when a secret is set.
record Webhook(URI address, String secret, String token) implements Channel {
  private static final Instant UNSET = Instant.parse("0001-01-01T00:00:00Z");

  static final ChannelKind KIND =
      new ChannelKind(
          "webhook",
          Text.of("Webhook", "Webhook"),
          ChannelKind.To.ONE_PLACE,
          List.of(
              Field.secret(
                  "address",
                  Text.of("Address", "地址"),
                  Text.of(
                      "Takes Alertmanager's JSON by POST. May hold a secret, so it is not shown again.",
                      "以 POST 接收 Alertmanager 格式的 JSON。地址可能含有密钥，保存后不再显示。")),
              Field.secret(
                      "secret",
                      Text.of("Signing secret", "签名密钥"),
                      Text.of(
                          "Signs the body with HMAC-SHA256 in X-Evenkeel-Signature.",
                          "对请求体做 HMAC-SHA256 签名，放在 X-Evenkeel-Signature 头中。"))
                  .optional(),
              Field.secret(
                      "token",
                      Text.of("Bearer token", "Bearer 令牌"),
                      Text.of("Sent in the Authorization header.", "放在 Authorization 头中发送。"))
                  .optional()),
          new ChannelKind.Rate(100, 50, Duration.ofSeconds(1)),
          true,
          values ->
              new Webhook(values.url("address"), values.text("secret"), values.text("token")));

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    byte[] body = ServiceJson.write(payload(letter));
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Idempotency-Key", letter.key());
    if (!secret.isEmpty()) {
      headers.put(
          "X-Evenkeel-Signature",
          "sha256="
              + Signatures.hex(
                  Signatures.hmac(
                      secret, new String(body, java.nio.charset.StandardCharsets.UTF_8))));
    }
    if (!token.isEmpty()) {
      headers.put("Authorization", "Bearer " + token);
    }
    HttpAnswer answer = wires.http().send(ServiceJson.post(address, headers, body), wires.route());
    return Delivery.byStatus(answer);
  }

  private static Map<String, Object> payload(Letter letter) {
    Notice notice = letter.notice();
    List<Object> alerts = new ArrayList<>();
    for (Item item : notice.alerts()) {
      alerts.add(alert(item, notice));
    }
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("version", "4");
    payload.put("groupKey", notice.groupKey());
    payload.put("truncatedAlerts", notice.more());
    payload.put("status", notice.isOver() ? "resolved" : "firing");
    payload.put("receiver", "evenkeel");
    payload.put("groupLabels", new TreeMap<>(notice.groupLabels()));
    payload.put("commonLabels", common(notice.alerts().stream().map(Item::labels).toList()));
    payload.put(
        "commonAnnotations", common(notice.alerts().stream().map(Item::annotations).toList()));
    payload.put("externalURL", notice.url());
    payload.put("alerts", alerts);
    payload.put("title", letter.text().title());
    payload.put("message", letter.text().plain());
    payload.put("incident", notice.incidentId());
    payload.put("kind", notice.kind().name().toLowerCase(java.util.Locale.ROOT));
    return payload;
  }

  private static Map<String, Object> alert(Item item, Notice notice) {
    Long end = item.endsAt();
    boolean firing = item.firing() && !notice.isOver();
    Map<String, Object> alert = new LinkedHashMap<>();
    alert.put("status", firing ? "firing" : "resolved");
    alert.put("labels", new TreeMap<>(item.labels()));
    alert.put("annotations", new TreeMap<>(item.annotations()));
    alert.put("startsAt", Instant.ofEpochMilli(item.startsAt()).toString());
    alert.put("endsAt", (end == null ? UNSET : Instant.ofEpochMilli(end)).toString());
    alert.put("generatorURL", item.generatorUrl());
    alert.put("fingerprint", item.fingerprint());
    return alert;
  }

  private static Map<String, String> common(List<Map<String, String>> all) {
    Map<String, String> common = new TreeMap<>();
    if (!all.isEmpty()) {
      common.putAll(all.getFirst());
      all.forEach(one -> common.entrySet().retainAll(one.entrySet()));
    }
    return common;
  }
}
