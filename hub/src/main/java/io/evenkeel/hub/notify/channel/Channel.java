package io.evenkeel.hub.notify.channel;

import java.io.IOException;

/// A way to tell people, with its settings. Immutable.
public sealed interface Channel
    permits AliyunSms,
        DingTalk,
        Email,
        Feishu,
        HttpSms,
        Slack,
        SlackBot,
        Smpp,
        Telegram,
        TencentSms,
        TwilioSms,
        WeCom,
        Webhook {

  /// Hands a message to the service and waits for its answer.
  ///
  /// @throws IOException when there was no answer: the message may or may not have arrived
  Delivery send(Letter letter, Wires wires) throws IOException;
}
