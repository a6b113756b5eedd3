package io.evenkeel.hub.notify.channel;

/// One message on its way to one recipient.
///
/// @param key the same for every try of the same message: services that know it drop repetitions
public record Letter(String key, Notice notice, Recipient recipient) {
  /// The message's words in the recipient's language.
  public NoticeText text() {
    return NoticeText.of(notice, recipient.language());
  }
}
