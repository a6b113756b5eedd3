package io.evenkeel.agent.profile;

import io.evenkeel.model.command.ProfileKind;
import io.evenkeel.model.profile.ProfileNote.Code;
import io.evenkeel.model.profile.RecordedProfile.ValueUnit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Records a Java process by its own flight recorder, started by `jcmd`.
///
/// The process writes the recording into its `/tmp`; it stops by itself soon after the run's time,
/// should the agent die, and is written too when the process ends in order. Of one that was killed,
/// the part that was flushed (each second) is fetched from the recorder's repository. Since Java 17
/// one kind of event is recorded alone; older ones record what the JDK's settings `profile` hold.
final class JfrRecorder implements Recorder {
  private static final int SINGLE_EVENTS_SINCE = 17;
  private static final int CPU_TIME_SINCE = 25;
  private static final long PERIOD_NANOS = 10_000_000;
  private static final int MARGIN_SECONDS = 10;
  private static final long CHUNK_STATE = 64;
  private static final String THREADS = "JFR ";

  private final Run run;
  private final JfrFold.Source source;
  private final Jcmd jcmd;
  private final String name;
  private @Nullable TargetTmp tmp;
  private boolean recording;
  private double threadsBefore;
  private double threadsNow;

  JfrRecorder(Run run, ProfileKind kind) throws ProfileFailure {
    this.run = run;
    this.jcmd = new Jcmd(run.target(), run.scratch());
    this.name = "evenkeel-" + run.id();
    this.source =
        switch (kind) {
          case ALLOCATION -> JfrFold.Source.ALLOCATION;
          case LOCK -> JfrFold.Source.LOCK;
          case CPU, MIXED, WALL, MEMORY -> JfrFold.Source.CPU;
        };
  }

  @Override
  public String engine() {
    return "jfr";
  }

  @Override
  public ValueUnit unit() {
    return switch (source) {
      case CPU -> ValueUnit.SAMPLES;
      case ALLOCATION -> ValueUnit.BYTES;
      case LOCK -> ValueUnit.NANOSECONDS;
    };
  }

  @Override
  public long periodNanos() {
    return source == JfrFold.Source.CPU ? PERIOD_NANOS : 0;
  }

  private String file() {
    return name + ".jfr";
  }

  @Override
  public void start() throws ProfileFailure, IOException, InterruptedException {
    int version = jcmd.version();
    tmp = new TargetTmp(run.target());
    threadsBefore = run.target().cpuSecondsOfThreads(THREADS);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "JFR.start",
                "name=" + name,
                "filename=/tmp/" + file(),
                "duration=" + (run.seconds() + MARGIN_SECONDS) + "s",
                "maxsize=64m",
                "settings=" + (version >= SINGLE_EVENTS_SINCE ? "none" : "profile")));
    if (version >= SINGLE_EVENTS_SINCE) {
      arguments.add("flush-interval=1s");
      arguments.addAll(events(version));
    }
    String said = jcmd.execute(arguments.toArray(String[]::new));
    if (!said.contains("Started recording")) {
      if (!run.target().isAlive()) {
        throw new ProfileFailure(Code.NO_PROCESS, Integer.toString(run.target().pid()));
      }
      throw new ProfileFailure(Code.FAILED, "jcmd JFR.start: " + said);
    }
    recording = true;
  }

  private List<String> events(int version) {
    return switch (source) {
      case CPU ->
          version >= CPU_TIME_SINCE
              ? List.of("+jdk.CPUTimeSample#enabled=true", "+jdk.CPUTimeSample#throttle=10ms")
              : List.of("+jdk.ExecutionSample#enabled=true", "+jdk.ExecutionSample#period=10ms");
      case ALLOCATION ->
          List.of(
              "+jdk.ObjectAllocationSample#enabled=true",
              "+jdk.ObjectAllocationSample#throttle=300/s",
              "+jdk.ObjectAllocationSample#stackTrace=true");
      case LOCK ->
          List.of(
              "+jdk.JavaMonitorEnter#enabled=true",
              "+jdk.JavaMonitorEnter#threshold=1ms",
              "+jdk.JavaMonitorEnter#stackTrace=true",
              "+jdk.ThreadPark#enabled=true",
              "+jdk.ThreadPark#threshold=1ms",
              "+jdk.ThreadPark#stackTrace=true");
    };
  }

  @Override
  public boolean tick() {
    if (!run.target().isAlive()) {
      return false;
    }
    threadsNow = Math.max(threadsNow, run.target().cpuSecondsOfThreads(THREADS));
    return true;
  }

  @Override
  public OptionalDouble ownCpuSeconds() {
    return OptionalDouble.of(Math.max(0, threadsNow - threadsBefore));
  }

  @Override
  public Gathered stop() throws ProfileFailure, IOException, InterruptedException {
    TargetTmp folder = tmp;
    if (folder == null) {
      throw new IllegalStateException("not started");
    }
    Path file = run.scratch().resolve("recording.jfr");
    if (run.target().isAlive()) {
      String said = jcmd.execute("JFR.stop", "name=" + name);
      if (!said.contains("Stopped recording")) {
        throw new ProfileFailure(Code.FAILED, "jcmd JFR.stop: " + said);
      }
    }
    // The file is there from the start, and empty until the recording ends in order.
    boolean fetched = folder.fetch(file(), file) && Files.size(file) > 0;
    if (!fetched && folder.fetchRepository(run.target().pid(), file)) {
      finishChunk(file);
      fetched = true;
    }
    recording = false;
    close();
    if (!fetched) {
      throw new ProfileFailure(Code.FAILED, "the process left no recording behind");
    }
    return Fold.of(source.word(), file, run.scratch(), List.of());
  }

  /// Marks a chunk that is still being written as complete up to its last flush, to which the sizes
  /// in its header hold (chunk header of version 2: the byte behind the ticks per second is 0 when
  /// complete, else counts flushes, 255 within one).
  private static void finishChunk(Path file) throws IOException {
    try (FileChannel chunk =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var unused = chunk.write(ByteBuffer.wrap(new byte[] {0}), CHUNK_STATE);
    }
  }

  @Override
  public void abandon() throws ProfileFailure, IOException, InterruptedException {
    if (recording && run.target().isAlive()) {
      var unused = jcmd.execute("JFR.stop", "name=" + name);
      TargetTmp folder = tmp;
      if (folder != null) {
        folder.remove(file());
      }
    }
    recording = false;
    close();
  }

  private void close() throws IOException {
    TargetTmp folder = tmp;
    tmp = null;
    if (folder != null) {
      folder.close();
    }
  }
}
