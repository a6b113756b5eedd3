package io.evenkeel.hub.tune;

import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Tier;
import io.evenkeel.model.tune.Bounds;
import io.evenkeel.model.tune.Place;
import io.evenkeel.model.tune.TuningAction;
import io.evenkeel.model.tune.TuningActions;
import io.evenkeel.model.tune.TuningRequest;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes of a piece of advice what an agent can be asked for.
public final class Proposal {
  private static final int MASK_WORD = 8;
  private static final Pattern TIMES = Pattern.compile("x([1-9][0-9]?(?:[.][0-9])?)");
  private static final double HALF_SOUGHT = 0.5;

  private Proposal() {}

  /// What turning the advised knob asks of the agent; empty when no action turns it, when what is
  /// advised is out of the action's bounds, or when it is as advised already.
  ///
  /// @param target what has the knob, as the action names it: empty for the whole host
  /// @param now the knob's value, as the agent reads it
  public static Optional<TuningRequest> of(Advice.Change change, String target, String now) {
    return TuningActions.named(change.name())
        .map(action -> new TuningRequest(action.name(), target, value(action, change.to(), now)))
        .filter(request -> request.objection().isEmpty() && !request.value().equals(now));
  }

  /// By which share a change should make its measure better, for a trial to be worth its time: what
  /// hides less than that in its own noise can still be tried.
  ///
  /// Wider ports hold the fewer of them by as much as they are more. What counts errors should at
  /// least halve, as limits are doubled; so should what a quota or a limit of memory holds back, as
  /// advice on them is sized by it. Of all else a tenth is hoped for.
  static double sought(Tier tier, TuningAction action, String now, String to) {
    double promised =
        action.bounds() instanceof Bounds.Ports && isRange(now) && isRange(to)
            ? 1 - (double) width(now) / width(to)
            : tier == Tier.ERRORS || isSized(action) ? HALF_SOUGHT : WantedTrial.USUAL_SOUGHT;
    return Math.clamp(promised, WantedTrial.USUAL_SOUGHT, WantedTrial.MOST_SOUGHT);
  }

  /// Whether advice on a limit is sized so that most of what it holds back should go.
  private static boolean isSized(TuningAction action) {
    return action.place() instanceof Place.UnitProperty(Place.Group group)
        && (group == Place.Group.CPU_QUOTA || group == Place.Group.MEMORY_MAX);
  }

  private static boolean isRange(String text) {
    return text.matches("[0-9]{1,5}\\s+[0-9]{1,5}");
  }

  private static int width(String range) {
    String[] ends = range.split("\\s+", -1);
    return Integer.parseInt(ends[1]) - Integer.parseInt(ends[0]) + 1;
  }

  private static String value(TuningAction action, String to, String now) {
    return switch (action.bounds()) {
      case Bounds.Whole whole when times(to).isPresent() ->
          isNumber(now)
              ? Long.toString(
                  Math.min(whole.most(), Math.round(times(to).getAsDouble() * Long.parseLong(now))))
              : now;
      case Bounds.Whole whole when isNumber(to) -> {
        // The kernel rounds to its step; rounded here, it reads back as it was asked for.
        long number = Long.parseLong(to);
        yield Long.toString(number - Math.floorMod(number, whole.step()));
      }
      // Advice speaks of the greatest size only; the other two stay.
      case Bounds.Buffers buffers when isNumber(to) -> now.replaceFirst("\\S+$", to);
      case Bounds.CpuMask mask -> words(to);
      case Bounds.Whole whole -> to;
      case Bounds.Buffers buffers -> to;
      case Bounds.OneOf words -> to;
      case Bounds.Percent percent when times(to).isPresent() ->
          now.matches("[0-9]{1,6}([.][0-9]{1,6})?%")
              ? Math.min(
                      percent.most(),
                      Math.round(
                          times(to).getAsDouble()
                              * Double.parseDouble(now.substring(0, now.length() - 1))))
                  + "%"
              : now;
      case Bounds.Percent percent -> to;
      case Bounds.Ports ports -> to;
      case Bounds.Size size -> to;
      case Bounds.CpuList list -> to;
    };
  }

  /// What a change to so many times the value now is written as: `x2`, `x4.5`.
  private static OptionalDouble times(String to) {
    Matcher matcher = TIMES.matcher(to);
    return matcher.matches()
        ? OptionalDouble.of(Double.parseDouble(matcher.group(1)))
        : OptionalDouble.empty();
  }

  private static boolean isNumber(String text) {
    return text.matches("[0-9]{1,17}");
  }

  /// A mask in the kernel's words of 32 bits.
  private static String words(String hex) {
    StringBuilder words = new StringBuilder(hex);
    for (int at = hex.length() - MASK_WORD; at > 0; at -= MASK_WORD) {
      words.insert(at, ',');
    }
    return words.toString();
  }
}
