package io.evenkeel.model.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Why a server does not let a knob be turned, or cannot turn it: what it is, and the sentence that
/// tells it with what is particular about it.
///
/// Agents tell the sentence, and [#read] makes of it again what it was and its values, so that
/// whoever shows it may use other words: also sentences of agents of a version before, and those
/// that were stored. A sentence that is none of these is nobody's mistake: it is shown as it is.
public enum Refusal {
  /// What went wrong: a sentence too. It stands first, as those that end in any words take it in;
  /// so does each other one stand before those that would take it in.
  TRIED_AGAIN("%s; it is tried again"),
  /// The name of a service in the policy, what is wrong with its file: a sentence too.
  SERVICE_FILE("the service %s: %s"),
  /// The HAProxy, its words.
  HAPROXY_REFUSED("HAProxy %s did not take it: %s"),
  /// What went wrong with the command: a sentence too, as in the two that follow.
  CHECK_REFUSES("the check refuses it, and the file is as it was: %s"),
  RELOAD_FAILED("the reload failed: %s"),
  RELOAD_OWED("the file is as it was, but its service did not take it: %s"),
  SYSTEMD_UNASKED("systemd cannot be asked: %s"),
  TUNING_UNSTOPPED("tuning cannot be stopped for good: %s"),
  TUNING_UNRESUMED("tuning cannot be resumed: %s"),
  /// The program, why.
  COMMAND_UNSTARTED("%s cannot be started: %s"),
  POLICY_OBSERVES("this server's policy is to observe only"),
  /// Why: a sentence too.
  POLICY_OBSERVES_AS("this server's policy is to observe only: %s"),
  POLICY_FORBIDS("this server's policy does not allow %s"),
  POLICY_WANTS_APPROVAL("this server's policy wants a person's approval for %s"),
  /// The kind of service and its name, and why there is none: a sentence too.
  POLICY_NAMES_NO_SUCH_AS("this server's policy names no %s service '%s': %s"),
  POLICY_NAMES_NO_SUCH("this server's policy names no %s service '%s'"),
  POLICY_NAMES_NO("this server's policy names no service %s"),
  /// The knob, its value, which it takes.
  POLICY_BOUNDS("this server's policy for %s: '%s' is out of bounds: it takes %s"),
  POLICY_MISSING("there is no policy file %s"),
  POLICY_IS_NO_FILE("%s is not a file"),
  /// Whom it must belong to.
  POLICY_OWNER("%s does not belong to %s"),
  /// The file, twice.
  POLICY_WRITABLE("%s can be written by others: chmod go-w %s"),
  /// The directive.
  DIRECTIVE_LINE("the line of %s is too long"),
  POLICY_TOO_LONG("%s is too long"),
  /// The file, the line's number, what is wrong: a sentence too, one of those that follow.
  POLICY_LINE("%s, line %s: %s"),
  LINE_UNKNOWN("expected 'mode = …' or 'allow = …'"),
  LINE_MODE("a mode is observe, approve or auto, not '%s'"),
  LINE_ALLOW("expected a knob and what has it, such as CPUQuota nginx.service"),
  LINE_SETTING("there is no setting '%s'"),
  LINE_WITHOUT_SERVICE("'%s' wants a line 'service = …' before it"),
  LINE_SERVICE("expected a name and nginx, postgresql or redis, such as 'service = edge nginx'"),
  LINE_SERVICE_TWICE("the service %s is named twice"),
  LINE_SERVICE_LACKS("the service %s wants file, within and reload"),
  LINE_PATH("'%s' is no absolute path without . and .."),
  LINE_DIRECTIVE("expected a directive, its least and its most value"),
  /// The directive, what it takes at all.
  LINE_BOUNDS("%s takes %s; narrower bounds must be within"),
  LINE_DEADLINE("a deadline is 1 to 10 seconds"),
  STOPPED("tuning is stopped on this server"),
  STOPPING("the agent is stopping"),
  /// The change's id: asked for twice.
  REPLAYED("the change %s was asked for before"),
  /// The knob, the change's id.
  TURNED_ALREADY("%s is in the change %s now"),
  NO_CHANGE("there is no open change %s"),
  NO_ACTION_OF("there is no tuning action '%s' of '%s'"),
  NO_ACTION("there is no tuning action '%s'"),
  /// The action, the value, which it takes.
  OUT_OF_BOUNDS("%s: '%s' is out of bounds: it takes %s"),
  WHOLE_HOST("%s: it is a knob of the whole host and takes no target"),
  NO_TARGET("%s: '%s' does not name what has such a knob"),
  /// The file.
  NO_KNOB("this machine has no such knob (%s)"),
  /// The file, read or written.
  NO_RIGHTS("%s may not be %s: the agent has not the rights for it"),
  NO_PROPERTY("the control groups of this machine have no %s"),
  NO_UNIT("there is no unit %s now"),
  MANY_UNITS("more than one control group is named %s"),
  NO_PROCESS("there is no process %s now"),
  OTHER_PROCESS("process %s is another one by now"),
  /// Which processes, how many of them.
  MANY_PROCESSES("%s processes are named %s: choose one"),
  /// What it made, of what, what was put back.
  KERNEL_MADE("the kernel made %s of %s; %s was put back"),
  KERNEL_LEFT("the kernel left it at %s"),
  /// What it made, of what.
  KERNEL_MADE_OF("the kernel made %s of %s"),
  /// The property, the value, the unit.
  SYSTEMD_REFUSES("systemd refuses %s=%s for %s"),
  SYSTEMD_SILENT("systemd did not answer within 10 s about %s"),
  /// The program, seconds.
  COMMAND_LATE("%s did not end within %s s"),
  NO_PROGRAM("there is no program %s"),
  IS_NO_PROGRAM("%s is no program"),
  NO_FILE("there is no file %s"),
  /// The file, where it really is.
  FILE_LINKED("%s is reached over a link: it is %s"),
  /// The file, the folder.
  FILE_OUTSIDE("%s is not within %s"),
  FILE_SECOND_NAME("%s has a second name"),
  FILE_WRITABLE("%s can be written by others"),
  FILE_TOO_LONG("%s is longer than 1 MiB"),
  FILE_CUT("the file ends within a directive"),
  FILE_LUA("the file holds Lua, whose text cannot be told apart"),
  FILE_QUOTE("a quotation in the file has no end"),
  NO_DIRECTIVE("the directive %s does not stand there"),
  /// The directive, how often.
  MANY_DIRECTIVES("the directive %s stands there %s times"),
  DIRECTIVE_VALUES("the directive %s has not one value"),
  DIRECTIVE_TEXT("the value of %s is no plain text"),
  DIRECTIVE_QUOTE("the value of %s has no end of its quotation"),
  /// A change's id.
  NO_ID("'%s' is no id of a change"),
  /// Minutes.
  LEASE_BOUNDS("a lease takes from 1 s to %s minutes"),
  THREADS_DIFFER("the threads of process %s have different values: left alone"),
  /// The file.
  WRITTEN_MEANWHILE("%s was written by somebody else meanwhile"),
  /// The limit, what is in use, in bytes.
  IN_USE("the kernel does not lower the limit to %s bytes while %s are in use that it cannot free"),
  /// The limit, what is in use, in bytes.
  WOULD_KILL(
      "a limit of %s bytes would have the kernel kill, while %s are in use that it cannot free"),
  /// What is wrong with it.
  NO_JOURNAL("nothing is turned without a journal: %s"),
  JOURNAL_UNWRITABLE("the journal cannot be written"),
  /// The file, read or written, the system's words.
  UNREADABLE("%s cannot be %s: %s"),
  TUNER_SILENT("the tuner does not answer: %s"),
  TUNER_MISSING("there is no socket %s: is the service evenkeel-tuner there?"),
  NO_AGENT("no agent that takes commands is on %s"),
  AGENT_SILENT("the agent of %s did not answer within %s s: it is cut off, or older than this hub"),
  NOTHING_TO_CHANGE("the value now leaves nothing to change within the bounds"),
  SET_BY_OTHERS("somebody else set it to %s"),
  NO_POOL("there is no pool"),
  /// The backend, the pool.
  NO_BACKEND("There is no backend '%s' in a pool '%s'."),
  /// A backend, as those that follow have one.
  BACKEND_GONE("there is no backend %s any more"),
  DRAINED_ALREADY("%s is drained already, by somebody else"),
  /// The gateway, the backend.
  GATEWAY_SILENT("the gateway %s does not report, and may go on sending requests to %s"),
  /// The backend, how many others are ready, how many backends there are.
  TOO_FEW_READY("without %s only %s of %s backends are ready"),
  /// The seconds that were waited, how many requests.
  STILL_IN_FLIGHT("after %s s %s requests were still in flight"),
  /// The seconds that were waited.
  DRAIN_UNTAKEN("after %s s not every balancer had taken that it is drained"),
  ENDED_WHILE_DRAINED("the trial was ended while its backend was drained"),
  /// The program, its status and what it said. It stands last, as it would take many others in.
  COMMAND_FAILED("%s ended with %s");

  private static final String PLACE = "%s";

  private final String sentence;

  Refusal(String sentence) {
    this.sentence = sentence;
  }

  /// What reads the sentences: a class of its own, since an agent only tells them.
  private static final class Readers {
    private static final Map<Refusal, Pattern> PATTERNS =
        Arrays.stream(values())
            .collect(
                Collectors.toUnmodifiableMap(
                    refusal -> refusal,
                    refusal -> Pattern.compile(pattern(refusal.sentence), Pattern.DOTALL)));

    private static Matcher matcher(Refusal refusal, String text) {
      return Objects.requireNonNull(PATTERNS.get(refusal)).matcher(text);
    }
  }

  private static String pattern(String sentence) {
    StringBuilder pattern = new StringBuilder();
    int from = 0;
    for (int at = sentence.indexOf(PLACE); at >= 0; at = sentence.indexOf(PLACE, from)) {
      pattern.append(Pattern.quote(sentence.substring(from, at))).append("(.+?)");
      from = at + PLACE.length();
    }
    return pattern.append(Pattern.quote(sentence.substring(from))).toString();
  }

  /// A refusal with what is particular about it.
  ///
  /// @param values in the order of the sentence
  public record Said(Refusal refusal, List<String> values) {
    public Said {
      values = List.copyOf(values);
    }

    /// In English.
    public String text() {
      return refusal.text(values.toArray(String[]::new));
    }
  }

  /// The sentence in English.
  ///
  /// @throws IllegalArgumentException with more or fewer values than it has places
  public String text(String... values) {
    if (values.length != places()) {
      throw new IllegalArgumentException(name() + " takes " + places() + " values");
    }
    return String.format(sentence, (Object[]) values);
  }

  /// How many values it has.
  public int places() {
    return sentence.split(PLACE, -1).length - 1;
  }

  /// What a sentence says; empty when it is none of these.
  public static Optional<Said> read(String sentence) {
    return Arrays.stream(values()).flatMap(refusal -> refusal.said(sentence).stream()).findFirst();
  }

  private Optional<Said> said(String text) {
    Matcher matcher = Readers.matcher(this, text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    List<String> values = new ArrayList<>();
    for (int i = 1; i <= matcher.groupCount(); i++) {
      values.add(matcher.group(i));
    }
    return Optional.of(new Said(this, values));
  }
}
