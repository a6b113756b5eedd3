package io.evenkeel.hub.command;

import io.evenkeel.hub.diagnose.Diagnosis;
import io.evenkeel.hub.diagnose.VerdictText;
import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.evidence.LocalObservation;
import io.evenkeel.hub.diagnose.evidence.Recording;
import io.evenkeel.hub.diagnose.finding.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Watches this machine for a while and says what is wrong with it; needs no hub and no network.
@Command(
    name = "diagnose",
    description = "Observe this machine for 60 s, then name its bottleneck. Needs no hub.",
    mixinStandardHelpOptions = true)
final class DiagnoseCommand implements Callable<Integer> {
  private static final int LEAST_SECONDS = 5;
  private static final int MOST_SECONDS = 3_600;
  private static final long EVERY_SAMPLE = 1;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final Clock clock;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "How long to observe, 5 to 3600; 60 when not given.")
  private int seconds = 60;

  @Option(names = "--json", description = "Print the verdict as JSON.")
  private boolean json;

  @Option(
      names = "--lang",
      paramLabel = "en|zh",
      description = "The language; that of LANG when not given.")
  private @Nullable String language;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "Also keep what was seen, to be judged again with --replay.")
  private @Nullable Path record;

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      description = "Judge what was recorded instead of this machine.")
  private @Nullable Path replay;

  DiagnoseCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
      throw new CommandFailure("--seconds is between 5 and 3600, not " + seconds);
    }
    EvidenceWindow window = replay == null ? observe() : read(replay);
    if (record != null) {
      try {
        Files.write(record, Recording.write(window, EVERY_SAMPLE));
      } catch (IOException e) {
        throw new CommandFailure(record + " cannot be written: " + e.getMessage());
      }
    }
    Verdict verdict = Diagnosis.of(window);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          JsonMapper.builder()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .enumNamingStrategy(EnumNamingStrategies.SNAKE_CASE)
              .build()
              .writeValueAsString(verdict));
    } else {
      out.print(VerdictText.of(verdict, languageCode(System.getenv())));
    }
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  private EvidenceWindow observe() throws InterruptedException {
    if (!json) {
      spec.commandLine()
          .getErr()
          .println(
              languageCode(System.getenv()).equals("zh")
                  ? "观察本机 " + seconds + " 秒 …"
                  : "Observing this machine for " + seconds + " s …");
    }
    return LocalObservation.of(Duration.ofSeconds(seconds), clock);
  }

  private static EvidenceWindow read(Path file) throws CommandFailure {
    try {
      return Recording.read(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be replayed: " + e.getMessage());
    }
  }

  /// The language asked for, else that of the environment in POSIX's order.
  private String languageCode(Map<String, String> environment) {
    String wanted = language;
    for (String name : new String[] {"LC_ALL", "LC_MESSAGES", "LANG"}) {
      if (wanted == null || wanted.isEmpty()) {
        wanted = environment.get(name);
      }
    }
    return wanted != null && wanted.toLowerCase(Locale.ROOT).startsWith("zh") ? "zh" : "en";
  }
}
