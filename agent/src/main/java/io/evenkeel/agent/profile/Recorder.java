package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.RecordedProfile.MemoryPoint;
import io.evenkeel.model.profile.RecordedProfile.ValueUnit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/// One way to look into a process. Used by one thread, in the order of the methods.
sealed interface Recorder permits JfrRecorder, AsyncProfilerRecorder, PerfRecorder, MemoryRecorder {
  /// Its name in the profile.
  String engine();

  /// What the stacks' numbers are.
  ValueUnit unit();

  /// How far apart samples are, nanoseconds; 0 when the numbers are no samples.
  long periodNanos();

  /// Begins to record.
  ///
  /// @throws ProfileFailure when that is not possible; nothing is left behind then
  void start() throws ProfileFailure, IOException, InterruptedException;

  /// Is called about each second while it records.
  ///
  /// @return false when there is nothing left to record
  boolean tick() throws IOException;

  /// What recording has used so far, seconds of CPU; empty when it cannot be told apart.
  OptionalDouble ownCpuSeconds();

  /// Ends recording and puts together what was gathered, also when the process has ended.
  Gathered stop() throws ProfileFailure, IOException, InterruptedException;

  /// Leaves nothing behind, whatever happened. Does nothing after a [#stop] that went well; what it
  /// cannot end ends by itself at its time.
  void abandon() throws ProfileFailure, IOException, InterruptedException;

  /// @param stacks packed collapsed stacks
  record Gathered(byte[] stacks, List<ProfileNote> notes, List<MemoryPoint> memory) {
    public Gathered {
      stacks = stacks.clone();
      notes = List.copyOf(notes);
      memory = List.copyOf(memory);
    }

    @Override
    public byte[] stacks() {
      return stacks.clone();
    }
  }

  /// What every recorder is given.
  ///
  /// @param scratch a folder of this run, for its owner only, removed afterwards
  /// @param seconds how long it records at most
  record Run(TargetProcess target, Path scratch, String id, long seconds) {}
}
