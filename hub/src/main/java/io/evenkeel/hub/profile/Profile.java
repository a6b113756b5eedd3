package io.evenkeel.hub.profile;

import io.evenkeel.model.command.ProfileKind;
import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.RecordedProfile;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A profile that was asked for. Times are epoch milliseconds.
///
/// @param hostId the host's id
/// @param host the host's name
/// @param comm the process's name, as it was known when it was asked for
/// @param seconds how long it was to take
/// @param finding the id of the finding it was asked from; empty when from none
/// @param failed why there is none; null unless it failed
/// @param result what came; null until it is done
public record Profile(
    String id,
    String hostId,
    String host,
    int pid,
    String comm,
    ProfileKind kind,
    int seconds,
    String askedBy,
    long askedAt,
    String finding,
    State state,
    @Nullable Note failed,
    @Nullable Result result) {

  /// How far it is.
  public enum State {
    RUNNING,
    DONE,
    FAILED
  }

  /// @param code names the note; pages have a text for it in every language
  /// @param detail what belongs to it, such as a command to type
  public record Note(String code, String detail) {
    static Note of(ProfileNote note) {
      return new Note(note.code().word(), note.detail());
    }
  }

  /// @param engine what recorded it: `jfr`, `async-profiler`, `perf`, `proc`
  /// @param unit what the stacks' numbers are: `samples`, `bytes`, `nanoseconds`
  /// @param periodNanos how far apart samples are; 0 when the numbers are no samples
  /// @param total what was counted in all stacks
  /// @param stacks how many different ones there are
  /// @param targetCpuSeconds what the process used meanwhile
  /// @param ownCpuSeconds what recording used meanwhile; null when it cannot be told apart
  /// @param foldCpuSeconds what programs beside the process used for it; null when not known
  public record Result(
      String engine,
      String comm,
      long beganAt,
      long lengthMillis,
      String unit,
      long periodNanos,
      long total,
      int stacks,
      double targetCpuSeconds,
      @Nullable Double ownCpuSeconds,
      @Nullable Double foldCpuSeconds,
      List<Note> notes,
      List<Memory> memory) {
    public Result {
      notes = List.copyOf(notes);
      memory = List.copyOf(memory);
    }

    static Result of(RecordedProfile profile, long total, int stacks) {
      return new Result(
          profile.engine(),
          profile.comm(),
          profile.beganAtMillis(),
          profile.lengthMillis(),
          profile.unit().word(),
          profile.periodNanos(),
          total,
          stacks,
          profile.targetCpuSeconds(),
          nullable(profile.ownCpuSeconds()),
          nullable(profile.foldCpuSeconds()),
          profile.notes().stream().map(Note::of).toList(),
          profile.memory().stream()
              .map(point ->
                  new Memory(
                      point.offsetMillis(),
                      point.residentBytes(),
                      nullable(point.proportionalBytes())))
              .toList());
    }

    private static @Nullable Double nullable(OptionalDouble value) {
      return value.isPresent() ? Double.valueOf(value.getAsDouble()) : null;
    }

    private static @Nullable Long nullable(OptionalLong value) {
      return value.isPresent() ? Long.valueOf(value.getAsLong()) : null;
    }
  }

  /// The process's memory at one moment of the run.
  ///
  /// @param proportionalBytes its own share of what it shares; null when it was not read
  public record Memory(long offsetMillis, long residentBytes, @Nullable Long proportionalBytes) {}
}
