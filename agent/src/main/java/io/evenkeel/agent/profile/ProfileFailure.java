package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.ProfileNote.Code;

/// No profile can be recorded, for a reason that a person can act on.
final class ProfileFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ProfileNote note;

  ProfileFailure(Code code, String detail) {
    super(code.word() + " " + detail);
    note = new ProfileNote(code, detail);
  }

  ProfileNote note() {
    return note;
  }
}
