import io.evenkeel.agent.profile.AsyncProfilerLibrary;
import io.evenkeel.agent.profile.Profiler;
import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.ProfileKind;
import io.evenkeel.model.profile.ProfileReport;
import io.evenkeel.model.profile.RecordedProfile;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// What a profile costs a busy process: the work that it does for each second of its own CPU time, in turns of ten seconds
/// without and with a profile. Own CPU time and not the clock counts, so that others' load on the machine does not.
/// argv: pairs of turns, the path of Work.java beside this file. Run with the hub's class path; as root for perf.
class ProfilerCost {
  private static final String NATIVE =
      "import hashlib,time\nn=0;t=time.time();d=b'x'*4096\nwhile True:\n  hashlib.sha256(d).digest();n+=1\n  if n%500==0 and time.time()-t>.1: t=time.time();print(n,flush=True)\n";

  public static void main(String[] args) throws Exception {
    int pairs = Integer.parseInt(args[0]);
    Path scratch = Files.createTempDirectory("profiler-cost-");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> jvm = List.of(java, "-XX:+UseSerialGC", "-Xmx256m", "-XX:+EnableDynamicAgentLoading", Path.of(args[1]).toString());
    try (Profiler profiler = new Profiler(AsyncProfilerLibrary.unpack(scratch), Clock.systemUTC(), System::nanoTime)) {
      for (ProfileKind kind : List.of(ProfileKind.CPU, ProfileKind.ALLOCATION, ProfileKind.WALL, ProfileKind.MIXED)) {
        measure(profiler, "JVM", jvm, kind, pairs);
      }
      measure(profiler, "native", List.of("python3", "-c", NATIVE), ProfileKind.CPU, pairs);
    }
  }

  private static void measure(Profiler profiler, String what, List<String> command, ProfileKind kind, int pairs) throws Exception {
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    AtomicLong rounds = new AtomicLong();
    Thread.ofVirtual().start(() -> {
      try (BufferedReader lines = process.inputReader()) {
        // A profiler's library may write to the process's output too.
        lines.lines().filter(line -> line.matches("\\d+")).forEach(line -> rounds.set(Long.parseLong(line)));
      } catch (Exception e) {
        System.err.println(e);
      }
    });
    try {
      Thread.sleep(5_000);
      double without = 0;
      double with = 0;
      double own = 0;
      String engine = "";
      for (int i = 0; i < pairs; i++) {
        without += perCpuSecond(process, rounds, 10_000);
        var reports = new ArrayBlockingQueue<ProfileReport>(1);
        var refused = profiler.start("0123cafe", new Command.Profile((int) process.pid(), kind, Duration.ofSeconds(12)), reports::add);
        if (refused.isPresent()) {
          System.out.println(what + " " + kind + ": " + refused.get());
          return;
        }
        Thread.sleep(1_500);
        with += perCpuSecond(process, rounds, 9_000);
        ProfileReport report = reports.poll(90, TimeUnit.SECONDS);
        if (!(report instanceof RecordedProfile profile)) {
          System.out.println(what + " " + kind + ": " + report);
          return;
        }
        engine = profile.engine();
        own += profile.ownCpuSeconds().orElse(Double.NaN);
      }
      System.out.printf(Locale.ROOT, "%s %s by %s: work per CPU second %.0f without, %.0f with (%+.1f %%); recorder itself %.2f CPU s a run of 12 s%n",
          what, kind, engine, without / pairs, with / pairs, 100 * (with / without - 1), own / pairs);
    } finally {
      process.destroyForcibly();
    }
  }

  private static double perCpuSecond(Process process, AtomicLong rounds, long millis) throws Exception {
    double cpu = cpuSeconds(process);
    long before = rounds.get();
    Thread.sleep(millis);
    return (rounds.get() - before) / (cpuSeconds(process) - cpu);
  }

  private static double cpuSeconds(Process process) throws Exception {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
  }
}
