package io.evenkeel.model.command;

import io.evenkeel.model.tune.TuningRequest;
import java.time.Duration;
import java.util.List;

/// What a hub may ask of an agent about the knobs of its server. It says what somebody wants: the
/// agent's own bounds and its server's own policy decide, whoever asks.
public sealed interface TuningCommand extends Command {
  /// What every kind of it begins with.
  String PREFIX = "tune-";

  /// No text in it is longer.
  int LONGEST_TEXT = 512;

  /// The longest time that a change may stay without anybody renewing it.
  Duration LONGEST_LEASE = Duration.ofHours(1);

  /// Tell the policy and what is turned: answered by a [io.evenkeel.model.tune.TuningStanding].
  record Standing() implements TuningCommand {
    static final String KIND = PREFIX + "standing";
  }

  /// Tell what a change would do, and change nothing: answered by a
  /// [io.evenkeel.model.tune.TuningLook].
  record Look(TuningRequest request) implements TuningCommand {
    static final String KIND = PREFIX + "look";

    public Look {
      check(request);
    }
  }

  /// Tell a knob's value. This and all that follow but [Processes] are answered by a
  /// [io.evenkeel.model.tune.TuningResult].
  record Read(String action, String target) implements TuningCommand {
    static final String KIND = PREFIX + "read";

    public Read {
      check("action", action);
      check("target", target);
    }
  }

  /// Tell the processes with a name, as targets.
  record Processes(String comm) implements TuningCommand {
    static final String KIND = PREFIX + "processes";

    public Processes {
      check("name", comm);
    }
  }

  /// Turn a knob for as long as the lease is renewed.
  ///
  /// @param id names the change, never used before
  /// @param approvedBy the person who approved it; empty when nobody did
  record Apply(String id, TuningRequest request, String approvedBy, Duration lease)
      implements TuningCommand {
    static final String KIND = PREFIX + "apply";

    public Apply {
      checkId(id);
      check(request);
      check("person", approvedBy);
      check(lease);
    }
  }

  /// Turn the knob of a leased change off or on again: the blocks of a trial.
  record Hold(String id, boolean on) implements TuningCommand {
    static final String KIND = PREFIX + "hold";

    public Hold {
      checkId(id);
    }
  }

  /// Put off the end of a lease.
  record Renew(String id, Duration lease) implements TuningCommand {
    static final String KIND = PREFIX + "renew";

    public Renew {
      checkId(id);
      check(lease);
    }
  }

  /// Let the value stay without a lease.
  record Keep(String id, String actor) implements TuningCommand {
    static final String KIND = PREFIX + "keep";

    public Keep {
      checkId(id);
      check("person", actor);
    }
  }

  /// Put the old value back.
  record Revert(String id, String actor, String why) implements TuningCommand {
    static final String KIND = PREFIX + "revert";

    public Revert {
      checkId(id);
      check("person", actor);
      check("reason", why);
    }
  }

  /// Put every leased change back and refuse new ones.
  record Stop(String actor) implements TuningCommand {
    static final String KIND = PREFIX + "stop";

    public Stop {
      check("person", actor);
    }
  }

  /// Allow changes again.
  record Resume(String actor) implements TuningCommand {
    static final String KIND = PREFIX + "resume";

    public Resume {
      check("person", actor);
    }
  }

  @Override
  default String kind() {
    return switch (this) {
      case Standing none -> Standing.KIND;
      case Look look -> Look.KIND;
      case Read read -> Read.KIND;
      case Processes processes -> Processes.KIND;
      case Apply apply -> Apply.KIND;
      case Hold hold -> Hold.KIND;
      case Renew renew -> Renew.KIND;
      case Keep keep -> Keep.KIND;
      case Revert revert -> Revert.KIND;
      case Stop stop -> Stop.KIND;
      case Resume resume -> Resume.KIND;
    };
  }

  @Override
  default List<String> arguments() {
    List<String> texts =
        switch (this) {
          case Standing none -> List.of();
          case Look(TuningRequest request) ->
              List.of(request.action(), request.target(), request.value());
          case Read(String action, String target) -> List.of(action, target);
          case Processes(String comm) -> List.of(comm);
          case Apply(String id, TuningRequest request, String approvedBy, Duration lease) ->
              List.of(
                  id,
                  request.action(),
                  request.target(),
                  request.value(),
                  approvedBy,
                  Long.toString(lease.toSeconds()));
          case Hold(String id, boolean on) -> List.of(id, on ? "on" : "off");
          case Renew(String id, Duration lease) -> List.of(id, Long.toString(lease.toSeconds()));
          case Keep(String id, String actor) -> List.of(id, actor);
          case Revert(String id, String actor, String why) -> List.of(id, actor, why);
          case Stop(String actor) -> List.of(actor);
          case Resume(String actor) -> List.of(actor);
        };
    return texts.stream().map(Words::encode).toList();
  }

  /// The command with a kind and arguments.
  ///
  /// @throws IllegalArgumentException when there is none such, or an argument is out of its bounds
  static TuningCommand of(String kind, List<String> arguments) {
    List<String> texts = arguments.stream().map(Words::decode).toList();
    int expected =
        switch (kind) {
          case Standing.KIND -> 0;
          case Processes.KIND, Stop.KIND, Resume.KIND -> 1;
          case Read.KIND, Hold.KIND, Renew.KIND, Keep.KIND -> 2;
          case Look.KIND, Revert.KIND -> 3;
          case Apply.KIND -> 6;
          default -> throw new IllegalArgumentException("there is no command '" + kind + "'");
        };
    Arguments.count(kind, texts, expected);
    return switch (kind) {
      case Standing.KIND -> new Standing();
      case Look.KIND -> new Look(new TuningRequest(texts.get(0), texts.get(1), texts.get(2)));
      case Read.KIND -> new Read(texts.get(0), texts.get(1));
      case Processes.KIND -> new Processes(texts.getFirst());
      case Apply.KIND ->
          new Apply(
              texts.get(0),
              new TuningRequest(texts.get(1), texts.get(2), texts.get(3)),
              texts.get(4),
              Arguments.seconds(texts.get(5)));
      case Hold.KIND -> new Hold(texts.get(0), isOn(texts.get(1)));
      case Renew.KIND -> new Renew(texts.get(0), Arguments.seconds(texts.get(1)));
      case Keep.KIND -> new Keep(texts.get(0), texts.get(1));
      case Revert.KIND -> new Revert(texts.get(0), texts.get(1), texts.get(2));
      case Stop.KIND -> new Stop(texts.getFirst());
      case Resume.KIND -> new Resume(texts.getFirst());
      default -> throw new IllegalArgumentException("there is no command '" + kind + "'");
    };
  }

  private static boolean isOn(String text) {
    return switch (text) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new IllegalArgumentException("a change is on or off, not '" + text + "'");
    };
  }

  private static void check(TuningRequest request) {
    check("action", request.action());
    check("target", request.target());
    check("value", request.value());
  }

  private static void check(String name, String text) {
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(
          "the " + name + " is longer than " + LONGEST_TEXT + " characters");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("the " + name + " has control characters");
    }
  }

  private static void checkId(String id) {
    if (!id.matches("[0-9A-Za-z-]{1,40}")) {
      throw new IllegalArgumentException("'" + id + "' is no id of a change");
    }
  }

  private static void check(Duration lease) {
    Arguments.within("lease", lease, LONGEST_LEASE);
  }
}
