package io.evenkeel.hub.notify.channel;

/// One message on its way to one recipient.
///
/// @param key the same for every try of the same message: services that know it drop repetitions
/// @param thread what the service called the first message about the incident to this recipient;
///   empty when there is none, or the service has no threads
public record Letter(String key, Notice notice, Recipient recipient, String thread) {
  /// The message's words in the recipient's language.
  public NoticeText text() {
    return NoticeText.of(notice, recipient.language());
  }
}
