package io.evenkeel.agent.profile;

import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.ProfileKind;
import io.evenkeel.model.profile.FailedProfile;
import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.ProfileNote.Code;
import io.evenkeel.model.profile.ProfileReport;
import io.evenkeel.model.profile.RecordedProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// Looks into processes of this machine when asked: one at a time, for 10 to 60 seconds, within a
/// budget.
///
/// The budget is a tenth of one processor on average. What recording uses is measured each second
/// as far as it can be told apart (the flight recorder's own threads, the perf process); above the
/// budget it is stopped, and what was gathered stands. Safe for use by many threads.
public final class Profiler implements AutoCloseable {
  /// What recording may use, in processors.
  public static final double BUDGET_CORES = 0.1;

  private static final long TICK_NANOS = 1_000_000_000L;
  private static final int TICKS_BEFORE_JUDGING = 3;
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final Optional<Path> asyncProfiler;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final double budgetCores;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closed = lock.newCondition();
  private Optional<Thread> running = Optional.empty();
  private boolean closing;

  /// @param asyncProfiler async-profiler's library, when it is here
  /// @param nanos the monotonic clock
  public Profiler(Optional<Path> asyncProfiler, InstantSource clock, LongSupplier nanos) {
    this(asyncProfiler, clock, nanos, BUDGET_CORES);
  }

  Profiler(
      Optional<Path> asyncProfiler, InstantSource clock, LongSupplier nanos, double budgetCores) {
    this.asyncProfiler = asyncProfiler;
    this.clock = clock;
    this.nanos = nanos;
    this.budgetCores = budgetCores;
  }

  /// Begins a run; the report is given to `to` when it ends, on a thread of the run's own.
  ///
  /// @param id names the run: letters, digits and dashes
  /// @return why it did not begin; empty when it did
  public Optional<ProfileNote> start(
      String id, Command.Profile wanted, Consumer<ProfileReport> to) {
    TargetProcess target;
    lock.lock();
    try {
      if (closing || running.isPresent()) {
        return Optional.of(new ProfileNote(Code.BUSY));
      }
      target = TargetProcess.of(wanted.pid());
      running =
          Optional.of(
              Thread.ofVirtual().name("profile").unstarted(() -> run(id, wanted, target, to)));
      running.get().start();
      return Optional.empty();
    } catch (ProfileFailure e) {
      return Optional.of(e.note());
    } finally {
      lock.unlock();
    }
  }

  private void run(
      String id, Command.Profile wanted, TargetProcess target, Consumer<ProfileReport> to) {
    ProfileReport report;
    try {
      report = recorded(id, wanted, target);
    } catch (ProfileFailure e) {
      report = new FailedProfile(id, e.note());
    } catch (InterruptedException e) {
      report = new FailedProfile(id, new ProfileNote(Code.FAILED, "the agent is stopping"));
    } catch (IOException | RuntimeException e) {
      System.getLogger(Profiler.class.getName())
          .log(System.Logger.Level.WARNING, "a profile failed", e);
      report = new FailedProfile(id, new ProfileNote(Code.FAILED, String.valueOf(e.getMessage())));
    }
    lock.lock();
    try {
      running = Optional.empty();
      closed.signalAll();
    } finally {
      lock.unlock();
    }
    to.accept(report);
  }

  private RecordedProfile recorded(String id, Command.Profile wanted, TargetProcess target)
      throws ProfileFailure, IOException, InterruptedException {
    Path scratch = Files.createTempDirectory("evenkeel-profile-");
    try {
      Recorder recorder =
          recorder(
              wanted.what(), new Recorder.Run(target, scratch, id, wanted.length().toSeconds()));
      try {
        return record(id, wanted, target, recorder);
      } finally {
        abandon(recorder);
      }
    } finally {
      remove(scratch);
    }
  }

  private static void abandon(Recorder recorder) {
    try {
      recorder.abandon();
    } catch (ProfileFailure | IOException e) {
      System.getLogger(Profiler.class.getName())
          .log(System.Logger.Level.WARNING, "a recording could not be ended: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Recorder recorder(ProfileKind kind, Recorder.Run run) throws ProfileFailure, IOException {
    return switch (kind) {
      case CPU -> run.target().java() ? new JfrRecorder(run, kind) : new PerfRecorder(run);
      case ALLOCATION, LOCK -> new JfrRecorder(run, kind);
      case MIXED -> new PerfRecorder(run);
      case WALL -> new AsyncProfilerRecorder(run, asyncProfiler);
      case MEMORY -> new MemoryRecorder(run, nanos);
    };
  }

  private RecordedProfile record(
      String id, Command.Profile wanted, TargetProcess target, Recorder recorder)
      throws ProfileFailure, IOException, InterruptedException {
    double childrenBefore = TargetProcess.cpuSecondsOfChildren();
    recorder.start();
    long beganAt = clock.millis();
    long begun = nanos.getAsLong();
    double cpuBefore = target.cpuSeconds().orElse(0.0);
    double cpuNow = cpuBefore;
    List<ProfileNote> notes = new ArrayList<>();
    long length = wanted.length().toNanos();
    int ticks = 0;
    while (nanos.getAsLong() - begun < length) {
      sleep(Math.min(TICK_NANOS, length - (nanos.getAsLong() - begun)));
      ticks++;
      if (!recorder.tick()) {
        notes.add(new ProfileNote(Code.PROCESS_ENDED));
        break;
      }
      cpuNow = target.cpuSeconds().orElse(cpuNow);
      double elapsed = (nanos.getAsLong() - begun) / 1e9;
      OptionalDouble own = recorder.ownCpuSeconds();
      if (ticks >= TICKS_BEFORE_JUDGING
          && own.isPresent()
          && own.getAsDouble() > budgetCores * elapsed) {
        notes.add(
            new ProfileNote(
                Code.OVER_BUDGET,
                String.format(
                    Locale.ROOT, "%.2f of %.2f CPU", own.getAsDouble() / elapsed, budgetCores)));
        break;
      }
    }
    long took = nanos.getAsLong() - begun;
    OptionalDouble own = recorder.ownCpuSeconds();
    Recorder.Gathered gathered = recorder.stop();
    notes.addAll(gathered.notes());
    double children = TargetProcess.cpuSecondsOfChildren() - childrenBefore;
    return new RecordedProfile(
        id,
        wanted.what(),
        recorder.engine(),
        target.pid(),
        target.comm(),
        beganAt,
        took / 1_000_000,
        recorder.unit(),
        recorder.periodNanos(),
        cpuNow - cpuBefore,
        own,
        OptionalDouble.of(Math.max(0, children)),
        notes,
        gathered.memory(),
        gathered.stacks());
  }

  /// Waits, unless the agent is closed.
  private void sleep(long waitNanos) throws InterruptedException {
    lock.lock();
    try {
      long left = waitNanos;
      while (left > 0 && !closing) {
        left = closed.awaitNanos(left);
      }
      if (closing) {
        throw new InterruptedException("closing");
      }
    } finally {
      lock.unlock();
    }
  }

  static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Ends a run that is on its way; what it gathered is lost.
  @Override
  public void close() {
    Optional<Thread> last;
    lock.lock();
    try {
      closing = true;
      closed.signalAll();
      last = running;
    } finally {
      lock.unlock();
    }
    if (last.isPresent()) {
      try {
        if (!last.get().join(CLOSING)) {
          last.get().interrupt();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
