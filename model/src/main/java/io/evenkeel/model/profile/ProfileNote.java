package io.evenkeel.model.profile;

import java.util.Locale;

/// Something that a reader of a profile has to know, or the reason why there is none.
///
/// @param code which; pages have a text for each in every language
/// @param detail what belongs to it, such as a command to type or a program's own words; may be
///   empty
public record ProfileNote(Code code, String detail) {
  private static final int LONGEST_DETAIL = 600;

  /// Which note it is.
  public enum Code {
    // Reasons why nothing was recorded.
    /// Another profile runs on this host.
    BUSY,
    /// There is no process with this number.
    NO_PROCESS,
    /// The process belongs to somebody else, and the agent may not look into it.
    NOT_PERMITTED,
    /// `kernel.perf_event_paranoid` forbids it; the detail is the command that allows it.
    PERF_FORBIDDEN,
    /// perf is not installed; the detail is the command that installs it.
    NO_PERF,
    /// The Java runtime of the agent has no `jcmd`.
    NO_JCMD,
    /// This kind is for Java processes only.
    NOT_JAVA,
    /// The library of async-profiler is not here.
    NO_LIBRARY,
    /// The process has a file system of its own, into which the library cannot be brought.
    IN_CONTAINER,
    /// Profiles are taken on Linux only.
    NOT_LINUX,
    /// A program failed; the detail is what it said.
    FAILED,
    /// The agent did not take the command in time.
    NO_ANSWER,
    /// The agent took the command, but no profile came.
    NOT_DELIVERED,
    /// The hub was started anew meanwhile.
    HUB_RESTARTED,

    // What to know about a profile that was recorded.
    /// The process ended before the time was over; what was gathered until then is here.
    PROCESS_ENDED,
    /// The profiler used more than its budget and was stopped.
    OVER_BUDGET,
    /// Many frames have no name, because the binary was stripped; the detail is the share.
    STRIPPED,
    /// Stacks end early, because the code was built without frame pointers; the detail is the
    /// share.
    CUT_STACKS,
    /// Stacks deeper than the recorder keeps begin in the middle; the detail is the share.
    DEEP_STACKS,
    /// Kernel code is not seen; the detail is the command that would show it.
    NO_KERNEL,
    /// Names of compiled Java code are missing; the detail says why.
    NO_JAVA_NAMES,
    /// Rare stacks were put together; the detail is how many.
    MERGED,
    /// Nothing happened that this kind tells of: the process was idle, or never waited.
    NOTHING_SEEN,
    /// Shared memory cannot be told apart without more rights, so sizes are resident ones.
    NO_SHARES;

    /// The word that names it.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ProfileNote {
    detail = detail.replaceAll("\\p{Cntrl}+", " ").strip();
    if (detail.length() > LONGEST_DETAIL) {
      detail = detail.substring(0, LONGEST_DETAIL);
    }
  }

  public ProfileNote(Code code) {
    this(code, "");
  }

  /// Reads what [#text] wrote; a text of another kind is a failure in its own words.
  public static ProfileNote parse(String text) {
    int space = text.indexOf(' ');
    String word = space < 0 ? text : text.substring(0, space);
    for (Code code : Code.values()) {
      if (code.word().equals(word)) {
        return new ProfileNote(code, space < 0 ? "" : text.substring(space + 1));
      }
    }
    return new ProfileNote(Code.FAILED, text);
  }

  /// The word and the detail, apart by a space.
  public String text() {
    return code.word() + " " + detail;
  }
}
