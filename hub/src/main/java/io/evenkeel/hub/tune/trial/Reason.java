package io.evenkeel.hub.tune.trial;

import io.evenkeel.model.Text;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Why a trial or a roll-out ended as it did: what it was, and what is particular about it. The
/// pages have words for each in every language.
///
/// @param values what the words speak of, in the order that [Code] tells
public record Reason(Code code, List<String> values) {
  public Reason {
    values = List.copyOf(values);
  }

  /// What it was, and its words in English with their values in their order.
  public enum Code {
    BETTER("better by more than the least effect worth keeping"),
    WORSE("worse"),
    BETTER_THAN_BEFORE(
        "better than before the change by more than the least effect worth keeping (compared with the time before, not in random order: the old value could not be put back for a while)"),
    WORSE_THAN_BEFORE(
        "worse than before the change (compared with the time before, not in random order: the old value could not be put back for a while)"),
    NOT_BETTER_THAN_BEFORE(
        "no effect was shown against the time before the change (the old value could not be put back for a while)"),
    NO_EFFECT("no effect was shown"),
    LOAD_MOVED("the load did not hold still"),
    /// The guard's title in English and in Chinese, its value, its limit.
    GUARD_TRIPPED("%1$s: %3$s, the limit was %4$s"),
    MEASURE_MISSING("the measure is missing"),
    TOO_NOISY("the measure moves so much by itself that no effect would show"),
    NOTHING_TO_IMPROVE("the measure is 0 without the change: there is nothing to make better"),
    /// Which effect would show, which is hoped for, in percent.
    HIDDEN(
        "the measure moves so much by itself that only effects above %s %% would show; %s %% are hoped for"),
    /// The value found.
    SET_BY_OTHERS("somebody else set it to %s, which stays"),
    /// What the server, or what else was asked, says against it, in English and in Chinese.
    REFUSED("%1$s"),
    /// Who ended it.
    ENDED_BY("aborted by %s"),
    HUB_STOPPED("the hub was stopped"),
    HUB_RESTARTED("aborted by a restart of the hub"),
    /// After a verdict.
    RESTARTED_AT_END("the hub was restarted at the end"),
    /// What went wrong.
    HUB_FAILED("the hub failed: %s"),
    NEW_VALUE_STAYS("the new value stays"),
    OLD_VALUE_BACK("the old value is back"),
    /// What keeps it from coming back, in English and in Chinese.
    OLD_VALUE_OWED("the old value is not back yet, and is put back as soon as it can be: %1$s"),
    NOTHING_TURNED("nothing was turned"),
    LEASE_ENDS("the server puts the old value back by itself when its lease ends"),
    /// Why, in English and in Chinese.
    UNREADABLE("the knob cannot be read: %1$s"),
    NO_AGENT("no agent that takes commands is on this server now"),
    /// Who did.
    PUT_BACK_BY("put back by %s"),
    /// Who stopped a roll-out.
    STOPPED_BY("stopped by %s"),
    /// On which host.
    NOT_HELPED_ON("it did not help on %s"),
    TRIAL_UNKNOWN("its trial is not known any more"),
    CANARY_GONE("the canary's value does not hold any more"),
    /// The value.
    IS_SO_ALREADY("it is %s already"),
    WANTS_APPROVAL("this server's policy wants a person's approval");

    private final String english;

    Code(String english) {
      this.english = english;
    }
  }

  public static Reason of(Code code, String... values) {
    return new Reason(code, Arrays.asList(values));
  }

  /// A reason that is a server's own sentence, which stands in both languages.
  public static Reason told(Code code, String sentence) {
    Text text = RefusalWords.of(sentence);
    return of(code, text.en(), text.zh());
  }

  /// In English.
  public String text() {
    return String.format(code.english, values.toArray());
  }

  /// Several, in English.
  public static String text(List<Reason> reasons) {
    return reasons.stream().map(Reason::text).collect(Collectors.joining("; "));
  }
}
