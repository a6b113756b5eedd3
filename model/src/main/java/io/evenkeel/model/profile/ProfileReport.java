package io.evenkeel.model.profile;

/// What an agent delivers when a run is over.
public sealed interface ProfileReport permits RecordedProfile, FailedProfile {
  /// The order's id.
  String id();

  /// The report as it travels.
  byte[] bytes();

  /// Reads what [#bytes] wrote.
  ///
  /// @throws ProfileFormatException when it is no report
  static ProfileReport parse(byte[] bytes) throws ProfileFormatException {
    return FailedProfile.isOne(bytes) ? FailedProfile.parse(bytes) : RecordedProfile.parse(bytes);
  }
}
