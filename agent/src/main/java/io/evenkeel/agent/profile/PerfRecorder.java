package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.ProfileNote.Code;
import io.evenkeel.model.profile.RecordedProfile.ValueUnit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Records any process by `perf record`, 99 times a second of CPU, stacks by frame pointers. Of a
/// Java process the names of compiled code come from its own `Compiler.perfmap` (Java 17).
///
/// `kernel.perf_event_paranoid` is respected, never changed (Documentation/admin-guide/sysctl):
/// without root 2 allows the process's own code, 1 the kernel's below it too.
final class PerfRecorder implements Recorder {
  private static final List<Path> PROGRAMS =
      List.of(Path.of("/usr/bin/perf"), Path.of("/usr/sbin/perf"));
  private static final Path PARANOID = Path.of("/proc/sys/kernel/perf_event_paranoid");
  private static final int FREQUENCY = 99;
  private static final int OWN_CODE = 2;
  private static final int KERNEL_TOO = 1;
  private static final long PATIENCE_SECONDS = 20;

  private final Run run;
  private final Path program;
  private final Path data;
  private final Path output;
  private final List<ProfileNote> notes = new ArrayList<>();
  private @Nullable Process process;
  private @Nullable Jcmd jcmd;
  private double used;

  PerfRecorder(Run run) throws ProfileFailure, IOException {
    this.run = run;
    this.program =
        PROGRAMS.stream()
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(
                () -> new ProfileFailure(Code.NO_PERF, "sudo apt-get install -y linux-perf"));
    this.data = run.scratch().resolve("perf.data");
    this.output = run.scratch().resolve("perf.out");
    checkRights();
  }

  private void checkRights() throws ProfileFailure, IOException {
    String level = Files.exists(PARANOID) ? Files.readString(PARANOID).strip() : "";
    if (TargetProcess.asRoot() || !level.matches("-?\\d+")) {
      return;
    }
    int paranoid = Integer.parseInt(level);
    if (paranoid > OWN_CODE) {
      throw new ProfileFailure(
          Code.PERF_FORBIDDEN, "sudo sysctl kernel.perf_event_paranoid=" + OWN_CODE);
    }
    if (paranoid > KERNEL_TOO) {
      notes.add(
          new ProfileNote(Code.NO_KERNEL, "sudo sysctl kernel.perf_event_paranoid=" + KERNEL_TOO));
    }
  }

  @Override
  public String engine() {
    return "perf";
  }

  @Override
  public ValueUnit unit() {
    return ValueUnit.SAMPLES;
  }

  @Override
  public long periodNanos() {
    return TimeUnit.SECONDS.toNanos(1) / FREQUENCY;
  }

  @Override
  public void start() throws ProfileFailure, IOException, InterruptedException {
    if (run.target().java()) {
      jcmd = new Jcmd(run.target(), run.scratch());
    }
    Process started =
        Program.builder(
                List.of(
                    program.toString(),
                    "record",
                    "-q",
                    "-F",
                    Integer.toString(FREQUENCY),
                    "-g",
                    "--max-size=64M",
                    "-o",
                    data.toString(),
                    "-p",
                    Integer.toString(run.target().pid())))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process = started;
    // What it may not do it says at once.
    if (started.waitFor(300, TimeUnit.MILLISECONDS) && started.exitValue() != 0) {
      throw failure();
    }
  }

  private ProfileFailure failure() throws IOException {
    String said = Program.read(output);
    return said.contains("perf_event_paranoid") && !TargetProcess.asRoot()
        ? new ProfileFailure(
            Code.PERF_FORBIDDEN, "sudo sysctl kernel.perf_event_paranoid=" + KERNEL_TOO)
        : new ProfileFailure(Code.FAILED, "perf record: " + said);
  }

  @Override
  public boolean tick() {
    Process recording = process;
    if (recording == null || !recording.isAlive()) {
      return false;
    }
    TargetProcess.cpuSecondsOf(recording.pid()).ifPresent(seconds -> used = seconds);
    return run.target().isAlive();
  }

  @Override
  public OptionalDouble ownCpuSeconds() {
    return OptionalDouble.of(used);
  }

  @Override
  public Gathered stop() throws ProfileFailure, IOException, InterruptedException {
    Process recording = process;
    if (recording == null) {
      throw new IllegalStateException("not started");
    }
    if (run.target().isAlive() && jcmd != null) {
      nameJavaCode(jcmd);
    }
    // perf writes its file at the signal of an end in order.
    recording.destroy();
    if (!recording.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new ProfileFailure(Code.FAILED, "perf record did not end: " + Program.read(output));
    }
    if (Files.notExists(data) || Files.size(data) == 0) {
      throw failure();
    }
    Gathered folded =
        Fold.of(
            "perf",
            data,
            run.scratch(),
            List.of(
                Program.builder(
                        List.of(
                            program.toString(),
                            "script",
                            "-i",
                            data.toString(),
                            "--force",
                            "--no-inline",
                            "-F",
                            "comm,ip,sym,dso"))
                    .redirectError(run.scratch().resolve("script-errors").toFile())));
    notes.addAll(folded.notes());
    return new Gathered(folded.stacks(), notes, List.of());
  }

  /// Java's own names are in no binary: the process writes them where perf looks for them.
  private void nameJavaCode(Jcmd java) throws IOException, InterruptedException {
    try {
      var unused = java.execute("Compiler.perfmap");
    } catch (ProfileFailure e) {
      notes.add(new ProfileNote(Code.NO_JAVA_NAMES, e.note().detail()));
    }
  }

  @Override
  public void abandon() {
    Process recording = process;
    if (recording != null) {
      recording.destroyForcibly();
    }
    if (jcmd != null) {
      try (TargetTmp tmp = new TargetTmp(run.target())) {
        tmp.remove("perf-" + run.target().pid() + ".map");
      } catch (ProfileFailure | IOException e) {
        System.getLogger(PerfRecorder.class.getName())
            .log(System.Logger.Level.DEBUG, "the names of Java code stay in /tmp", e);
      }
    }
  }
}
