package io.evenkeel.model.profile;

import io.evenkeel.model.link.LinkMessage;
import io.evenkeel.model.link.LinkMessageException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A run that brought no profile.
///
/// @param id the order's
/// @param reason why
public record FailedProfile(String id, ProfileNote reason) implements ProfileReport {
  private static final String FIRST = "profile-failed";
  private static final byte[] BEGINNING = (FIRST + " ").getBytes(StandardCharsets.UTF_8);

  @Override
  public byte[] bytes() {
    return new LinkMessage.Builder().add(FIRST, id).add("reason", reason.text()).build().bytes();
  }

  static boolean isOne(byte[] bytes) {
    return bytes.length > BEGINNING.length
        && Arrays.equals(bytes, 0, BEGINNING.length, BEGINNING, 0, BEGINNING.length);
  }

  static FailedProfile parse(byte[] bytes) throws ProfileFormatException {
    try {
      LinkMessage message = LinkMessage.parse(new String(bytes, StandardCharsets.UTF_8));
      return new FailedProfile(message.needed(FIRST), ProfileNote.parse(message.needed("reason")));
    } catch (LinkMessageException e) {
      throw new ProfileFormatException("the report cannot be read: " + e.getMessage());
    }
  }
}
