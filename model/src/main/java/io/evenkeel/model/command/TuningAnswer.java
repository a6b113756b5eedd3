package io.evenkeel.model.command;

import io.evenkeel.model.command.CommandResult.State;
import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningMode;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import io.evenkeel.model.tune.TurnedKnob;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Answers to a [TuningCommand] as the detail of a [CommandResult], and back.
public final class TuningAnswer {
  private static final String DONE = "done";
  private static final String YIELDED = "yielded";
  private static final String BUSY = "busy";
  private static final String YES = "yes";
  private static final String NO = "no";
  private static final int STANDING_WORDS = 4;
  private static final int CHANGE_WORDS = 9;

  private TuningAnswer() {}

  /// The result that carries what came of turning a knob.
  public static CommandResult of(String orderId, TuningResult result) {
    return switch (result) {
      case TuningResult.Done(String before, String after) ->
          new CommandResult(orderId, State.DONE, Words.join(DONE, before, after));
      case TuningResult.Yielded(String found) ->
          new CommandResult(orderId, State.DONE, Words.join(YIELDED, found));
      // A hub of a version before cannot read it, and takes it for a failure.
      case TuningResult.Busy(String reason) ->
          new CommandResult(orderId, State.DONE, Words.join(BUSY, reason));
      case TuningResult.Refused(String reason) -> new CommandResult(orderId, State.REFUSED, reason);
      case TuningResult.Failed(String reason) -> new CommandResult(orderId, State.FAILED, reason);
    };
  }

  /// What [#of(String, TuningResult)] carried. Also what came too late or cannot be read is an
  /// answer: it was refused or failed.
  public static TuningResult result(CommandResult result) {
    return switch (result.state()) {
      case REFUSED -> new TuningResult.Refused(result.detail());
      case FAILED, EXPIRED -> new TuningResult.Failed(result.detail());
      case DONE -> {
        List<String> texts = texts(result);
        if (texts.size() == 3 && texts.getFirst().equals(DONE)) {
          yield new TuningResult.Done(texts.get(1), texts.get(2));
        }
        if (texts.size() == 2 && texts.getFirst().equals(YIELDED)) {
          yield new TuningResult.Yielded(texts.get(1));
        }
        if (texts.size() == 2 && texts.getFirst().equals(BUSY)) {
          yield new TuningResult.Busy(texts.get(1));
        }
        yield new TuningResult.Failed(unreadable(result));
      }
    };
  }

  /// The result that carries a look: refused and failed ones as [#of(String, TuningResult)].
  public static CommandResult of(String orderId, TuningLook look) {
    return look.result() instanceof TuningResult.Done(String before, String after)
        ? new CommandResult(
            orderId, State.DONE, Words.join(DONE, before, after, look.objection(), look.diff()))
        : of(orderId, look.result());
  }

  /// What [#of(String, TuningLook)] carried.
  public static TuningLook look(CommandResult result) {
    if (result.state() == State.DONE) {
      List<String> texts = texts(result);
      // An agent of a version before knows of no difference of files.
      if ((texts.size() == 4 || texts.size() == 5) && texts.getFirst().equals(DONE)) {
        return new TuningLook(
            new TuningResult.Done(texts.get(1), texts.get(2)),
            texts.get(3),
            texts.size() == 5 ? texts.get(4) : "");
      }
    }
    return new TuningLook(result(result), "", "");
  }

  /// The result that carries names, as many as an answer holds.
  public static CommandResult of(String orderId, List<String> names) {
    StringBuilder line = new StringBuilder();
    for (String name : names) {
      if (!add(line, Words.encode(name))) {
        break;
      }
    }
    return new CommandResult(orderId, State.DONE, line.toString());
  }

  /// What [#of(String, List)] carried; none when there is no such answer.
  public static List<String> names(CommandResult result) {
    return result.state() == State.DONE ? texts(result) : List.of();
  }

  /// The result that carries a standing: with as many changes as an answer holds, leased ones
  /// before those that stay.
  public static CommandResult of(String orderId, TuningStanding standing) {
    StringBuilder line =
        new StringBuilder(
            Words.join(
                standing.problem(),
                standing.mode().name().toLowerCase(Locale.ROOT),
                standing.reason(),
                word(standing.stopped())));
    List<TurnedKnob> changes =
        standing.changes().stream().sorted((a, b) -> Boolean.compare(a.kept(), b.kept())).toList();
    for (TurnedKnob change : changes) {
      String words =
          Words.join(
              change.id(),
              change.request().action(),
              change.request().target(),
              change.request().value(),
              change.before(),
              change.now(),
              word(change.drifted()),
              word(change.kept()),
              Long.toString(change.leaseLeft().toSeconds()));
      if (!add(line, words)) {
        break;
      }
    }
    return new CommandResult(orderId, State.DONE, line.toString());
  }

  /// What [#of(String, TuningStanding)] carried; one with a problem when it is no such answer.
  public static TuningStanding standing(CommandResult result) {
    if (result.state() != State.DONE) {
      return TuningStanding.without(result.detail());
    }
    List<String> texts = texts(result);
    if (texts.size() < STANDING_WORDS || (texts.size() - STANDING_WORDS) % CHANGE_WORDS != 0) {
      return TuningStanding.without(unreadable(result));
    }
    try {
      return new TuningStanding(
          texts.get(0),
          TuningMode.valueOf(texts.get(1).toUpperCase(Locale.ROOT)),
          texts.get(2),
          is(texts.get(3)),
          IntStream.iterate(STANDING_WORDS, at -> at < texts.size(), at -> at + CHANGE_WORDS)
              .mapToObj(at -> change(texts.subList(at, at + CHANGE_WORDS)))
              .toList());
    } catch (IllegalArgumentException e) {
      return TuningStanding.without(unreadable(result));
    }
  }

  private static TurnedKnob change(List<String> texts) {
    return new TurnedKnob(
        texts.get(0),
        new TuningRequest(texts.get(1), texts.get(2), texts.get(3)),
        texts.get(4),
        texts.get(5),
        is(texts.get(6)),
        is(texts.get(7)),
        Arguments.seconds(texts.get(8)));
  }

  private static List<String> texts(CommandResult result) {
    try {
      return Words.split(result.detail());
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  private static String unreadable(CommandResult result) {
    return "the agent's answer cannot be read: " + result.detail();
  }

  private static boolean add(StringBuilder line, String words) {
    if (line.length() + 1 + words.length() > CommandResult.LONGEST_DETAIL) {
      return false;
    }
    line.append(line.isEmpty() ? "" : " ").append(words);
    return true;
  }

  private static String word(boolean is) {
    return is ? YES : NO;
  }

  private static boolean is(String word) {
    return switch (word) {
      case YES -> true;
      case NO -> false;
      default -> throw new IllegalArgumentException("'" + word + "' is neither yes nor no");
    };
  }
}
