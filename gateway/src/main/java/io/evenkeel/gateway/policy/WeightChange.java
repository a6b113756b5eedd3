package io.evenkeel.gateway.policy;

import java.time.Instant;
import java.util.Locale;
import java.util.OptionalDouble;

/// A change of a backend's weight, and why.
///
/// @param utilisation what its host's utilisation was (0 to 1), when that was the reason
/// @param average the pool's, when that was the reason
public record WeightChange(
    String backend,
    double from,
    double to,
    Reason reason,
    OptionalDouble utilisation,
    OptionalDouble average,
    Instant at) {
  /// Why a weight changes.
  public enum Reason {
    /// Its host is busier than the limit, 80 % unless set.
    OVERLOADED,
    /// Its host is busier than the pool's average.
    ABOVE_AVERAGE,
    /// Its host is less busy than the pool's average.
    BELOW_AVERAGE,
    /// There are no recent figures of its host: it goes back to its configured weight.
    STALE_DATA,
    /// Somebody set it.
    SET_BY_HAND,
    /// The configuration changed it.
    CONFIGURED;

    /// Whether the figures of its host are why.
    public boolean isOfHost() {
      return switch (this) {
        case OVERLOADED, ABOVE_AVERAGE, BELOW_AVERAGE -> true;
        case STALE_DATA, SET_BY_HAND, CONFIGURED -> false;
      };
    }
  }

  /// The same change made once more, from another weight.
  public WeightChange again(double fromNow, Instant now) {
    return new WeightChange(backend, fromNow, to, reason, utilisation, average, now);
  }

  /// The change as a sentence.
  public String sentence() {
    String figures =
        utilisation.isPresent() && average.isPresent()
            ? String.format(
                Locale.ROOT,
                " (utilisation %.0f %%, pool's average %.0f %%)",
                100 * utilisation.getAsDouble(),
                100 * average.getAsDouble())
            : "";
    String why =
        switch (reason) {
          case OVERLOADED -> "its host is overloaded";
          case ABOVE_AVERAGE -> "its host is busier than the pool";
          case BELOW_AVERAGE -> "its host is less busy than the pool";
          case STALE_DATA -> "there are no recent figures of its host";
          case SET_BY_HAND -> "set by hand";
          case CONFIGURED -> "set by the configuration";
        };
    return String.format(
        Locale.ROOT, "%s: weight %.2f → %.2f: %s%s", backend, from, to, why, figures);
  }
}
