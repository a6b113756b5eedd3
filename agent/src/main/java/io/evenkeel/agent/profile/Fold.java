package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.CollapsedStacks;
import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.ProfileNote.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Has recordings folded into stacks by a process of its own, [FoldMain]: the parser of flight
/// recordings takes more memory than the whole agent is given, and what it reads was written by
/// somebody else's process.
final class Fold {
  private static final long LONGEST_SECONDS = 90;

  private Fold() {}

  /// Folds.
  ///
  /// @param source what the recording is: `jfr-cpu`, `perf`, …
  /// @param first programs whose output is folded, each fed by the one before; none for a file
  static Recorder.Gathered of(String source, Path file, Path scratch, List<ProcessBuilder> first)
      throws ProfileFailure, IOException, InterruptedException {
    Path packed = scratch.resolve("stacks.gz");
    Path notes = scratch.resolve("notes");
    Path errors = scratch.resolve("fold-errors");
    List<ProcessBuilder> all = new ArrayList<>(first);
    all.add(
        Program.builder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-Xmx128m",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    "-cp",
                    ClassPlace.of(FoldMain.class) + ":" + ClassPlace.of(CollapsedStacks.class),
                    FoldMain.class.getName(),
                    source,
                    file.toString(),
                    packed.toString()))
            .redirectOutput(notes.toFile())
            .redirectError(errors.toFile()));
    List<Process> running = ProcessBuilder.startPipeline(all);
    try {
      Process last = running.getLast();
      if (!last.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        throw new ProfileFailure(
            Code.FAILED, "putting the stacks together took more than " + LONGEST_SECONDS + " s");
      }
      if (last.exitValue() != 0) {
        throw new ProfileFailure(Code.FAILED, Program.read(errors));
      }
    } finally {
      running.forEach(Process::destroyForcibly);
    }
    return new Recorder.Gathered(
        Files.readAllBytes(packed),
        Program.read(notes).lines().map(ProfileNote::parse).toList(),
        List.of());
  }
}
