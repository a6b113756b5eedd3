package io.evenkeel.hub.notify.channel;

import java.util.List;
import java.util.Optional;

/// Every kind of channel there is.
public final class Channels {
  /// In the order in which the pages offer them.
  public static final List<ChannelKind> ALL =
      List.of(
          Email.KIND,
          DingTalk.KIND,
          WeCom.KIND,
          Feishu.KIND,
          Slack.KIND,
          SlackBot.KIND,
          Telegram.KIND,
          Webhook.KIND,
          AliyunSms.KIND,
          TencentSms.KIND,
          TwilioSms.KIND,
          HttpSms.KIND,
          Smpp.KIND);

  private Channels() {}

  public static Optional<ChannelKind> named(String name) {
    return ALL.stream().filter(kind -> kind.name().equals(name)).findFirst();
  }
}
