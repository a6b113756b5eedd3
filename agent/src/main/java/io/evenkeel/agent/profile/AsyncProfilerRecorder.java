package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.ProfileNote.Code;
import io.evenkeel.model.profile.RecordedProfile.ValueUnit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Records where the threads of a Java process spend time by async-profiler's library, which `jcmd`
/// has the process load. The library stays loaded until the process ends, at rest.
final class AsyncProfilerRecorder implements Recorder {
  private static final long PERIOD_NANOS = 20_000_000;
  private static final int MARGIN_SECONDS = 10;

  private final Run run;
  private final Jcmd jcmd;
  private final Path library;
  private @Nullable TargetTmp tmp;
  private @Nullable Path copy;
  private boolean recording;

  AsyncProfilerRecorder(Run run, Optional<Path> library) throws ProfileFailure {
    this.run = run;
    this.jcmd = new Jcmd(run.target(), run.scratch());
    this.library = library.orElseThrow(() -> new ProfileFailure(Code.NO_LIBRARY, ""));
    if (!run.target().ownFiles()) {
      throw new ProfileFailure(Code.IN_CONTAINER, run.target().comm());
    }
  }

  @Override
  public String engine() {
    return "async-profiler";
  }

  @Override
  public ValueUnit unit() {
    return ValueUnit.SAMPLES;
  }

  @Override
  public long periodNanos() {
    return PERIOD_NANOS;
  }

  private String file() {
    return "evenkeel-" + run.id() + ".collapsed";
  }

  /// Runs the library's own command in the process, to whose output it would else write.
  private void command(Path loaded, String options)
      throws ProfileFailure, IOException, InterruptedException {
    String said =
        jcmd.execute("JVMTI.agent_load", loaded.toString(), "\"" + options + ",log=/dev/null\"");
    if (!said.contains("return code: 0")) {
      throw new ProfileFailure(Code.FAILED, "async-profiler: " + said);
    }
  }

  @Override
  public void start() throws ProfileFailure, IOException, InterruptedException {
    tmp = new TargetTmp(run.target());
    // The process must be able to read it, whoever runs it.
    Path folder = Files.createTempDirectory("evenkeel-library-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path loaded = folder.resolve("libasyncProfiler.so");
    Files.copy(library, loaded);
    Files.setPosixFilePermissions(loaded, PosixFilePermissions.fromString("r-xr-xr-x"));
    copy = loaded;
    command(
        loaded,
        "start,event=wall,interval="
            + PERIOD_NANOS
            + ",timeout="
            + (run.seconds() + MARGIN_SECONDS));
    recording = true;
  }

  @Override
  public boolean tick() {
    return run.target().isAlive();
  }

  /// Samples are taken by the process's own threads, within what they use themselves.
  @Override
  public OptionalDouble ownCpuSeconds() {
    return OptionalDouble.empty();
  }

  @Override
  public Gathered stop() throws ProfileFailure, IOException, InterruptedException {
    TargetTmp folder = tmp;
    Path loaded = copy;
    if (folder == null || loaded == null) {
      throw new IllegalStateException("not started");
    }
    command(loaded, "stop,collapsed,ann,dot,file=/tmp/" + file());
    recording = false;
    Path file = run.scratch().resolve("collapsed");
    boolean fetched = folder.fetch(file(), file);
    close();
    if (!fetched) {
      throw new ProfileFailure(Code.FAILED, "the process left no recording behind");
    }
    return Fold.of("async-profiler", file, run.scratch(), List.of());
  }

  @Override
  public void abandon() throws ProfileFailure, IOException, InterruptedException {
    Path loaded = copy;
    if (recording && loaded != null && run.target().isAlive()) {
      recording = false;
      command(loaded, "stop");
    }
    close();
  }

  private void close() throws IOException {
    TargetTmp folder = tmp;
    tmp = null;
    if (folder != null) {
      folder.close();
    }
    Path loaded = copy;
    copy = null;
    if (loaded != null) {
      Files.deleteIfExists(loaded);
      Files.deleteIfExists(loaded.getParent());
    }
  }
}
