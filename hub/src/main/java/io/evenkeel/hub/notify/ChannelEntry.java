package io.evenkeel.hub.notify;

import io.evenkeel.hub.notify.channel.Recipient;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A channel as somebody enters it.
///
/// @param form its inputs; a secret that is empty or missing stays as it was
/// @param forget the keys of secrets to remove
public record ChannelEntry(
    String name,
    String kind,
    Map<String, String> form,
    List<String> forget,
    List<Recipient> recipients,
    @Nullable String fallbackId,
    boolean enabled) {}
