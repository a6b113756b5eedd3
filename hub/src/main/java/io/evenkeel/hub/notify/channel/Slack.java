package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// An incoming webhook of Slack, which answers `ok` and nothing else when it took a message.
record Slack(URI address) implements Channel {
  static final ChannelKind KIND =
      new ChannelKind(
          "slack",
          Text.of("Slack (incoming webhook)", "Slack（Incoming Webhook）"),
          ChannelKind.To.ONE_PLACE,
          List.of(
              Field.secret(
                  "address",
                  Text.of("Webhook address", "Webhook 地址"),
                  Text.of(
                      "https://hooks.slack.com/services/… of an incoming webhook.",
                      "Incoming Webhook 的地址：https://hooks.slack.com/services/…"))),
          new ChannelKind.Rate(3, 60, Duration.ofMinutes(1)),
          false,
          values -> new Slack(values.url("address")));

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    HttpAnswer answer =
        wires.http().send(ServiceJson.post(address, Map.of(), body(letter.text())), wires.route());
    if (answer.status() == 200 && !answer.text().strip().equals("ok")) {
      return new Delivery.Refused(Delivery.shown(answer));
    }
    return Delivery.byStatus(answer);
  }

  private static byte[] body(NoticeText text) {
    return ServiceJson.write(
        Map.of("text", SlackBlocks.fallback(text), "blocks", SlackBlocks.of(text)));
  }
}
