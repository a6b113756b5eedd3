package io.evenkeel.hub.notify;

import io.evenkeel.hub.notify.channel.Recipient;
import java.util.List;

/// An enabled channel as far as who is told of something depends on it.
public record ToldChannel(String id, String name, List<Recipient> recipients) {
  public ToldChannel {
    recipients = List.copyOf(recipients);
  }
}
