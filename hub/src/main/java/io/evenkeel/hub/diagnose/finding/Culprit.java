package io.evenkeel.hub.diagnose.finding;

/// Who uses most of what is short.
///
/// @param unit the systemd unit or container; empty when it is in none or not known
/// @param process the command; empty when it is not known
/// @param user whose process it is; empty when it is not known
/// @param amount how much of it
public record Culprit(String unit, String process, String user, double amount, Unit of) {
  /// A person's name for it.
  public String name() {
    return process.isEmpty() ? unit : unit.isEmpty() ? process : process + " (" + unit + ")";
  }
}
