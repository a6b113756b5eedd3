package io.evenkeel.hub.notify.channel;

/// Somebody, or some place, that a channel leads to.
///
/// @param address as the channel's kind takes it; empty when it leads to one place only
/// @param language of the texts
public record Recipient(String address, Language language) {}
