package io.evenkeel.hub.notify;

import io.evenkeel.hub.notify.channel.ChannelKind;
import io.evenkeel.hub.notify.channel.Recipient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A channel as somebody set it up.
///
/// @param form its inputs but for the secrets
/// @param secrets its secret inputs, never to be answered to anybody
/// @param fallbackId the channel that tells when this one does not within a minute
public record ChannelSettings(
    String id,
    String name,
    ChannelKind kind,
    Map<String, String> form,
    Map<String, String> secrets,
    List<Recipient> recipients,
    @Nullable String fallbackId,
    boolean enabled,
    long createdAt) {
  public ChannelSettings {
    form = Map.copyOf(form);
    secrets = Map.copyOf(secrets);
    recipients = List.copyOf(recipients);
  }

  /// All inputs together.
  Map<String, String> entered() {
    Map<String, String> all = new HashMap<>(form);
    all.putAll(secrets);
    return all;
  }

  /// Hides the secrets from logs.
  @Override
  public String toString() {
    return "ChannelSettings[" + id + ", " + kind.name() + ", " + name + "]";
  }
}
