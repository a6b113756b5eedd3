package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The states of systemd's units and how often its services were restarted, asked of `systemctl` by
/// its absolute path, with an empty environment.
public final class SystemdCollector implements Collector {
  private static final List<String> STATES =
      List.of("active", "activating", "deactivating", "inactive", "failed");
  private static final List<String> ENDINGS =
      List.of(".service", ".socket", ".target", ".timer", ".path", ".swap");
  private static final long PATIENCE_SECONDS = 3;

  private final Path running;
  private final Path systemctl;

  public SystemdCollector(Surroundings surroundings) {
    running = surroundings.settings().root().resolve("run/systemd/system");
    systemctl = surroundings.settings().root().resolve("usr/bin/systemctl");
  }

  @Override
  public String name() {
    return "systemd";
  }

  @Override
  public int seconds() {
    return 15;
  }

  @Override
  public void collect(Samples out) throws IOException {
    if (!Files.isDirectory(running)) {
      throw new NotAvailableException("this machine does not run systemd");
    }
    Map<String, String> types =
        services(
            ask("show", "--property=Id", "--property=Type", "--property=NRestarts", "*.service"),
            out);
    units(ask("list-units", "--all", "--plain", "--no-legend", "--no-pager", "--full"), types, out);
  }

  private String ask(String... arguments) throws IOException {
    List<String> command = new java.util.ArrayList<>(List.of(systemctl.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    Process process = builder.start();
    process.getOutputStream().close();
    try (var output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("systemctl did not answer within " + PATIENCE_SECONDS + " s");
      }
      if (process.exitValue() != 0) {
        throw new IOException(
            "systemctl: " + text.lines().findFirst().orElse("exit code " + process.exitValue()));
      }
      return text;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking systemctl", e);
    }
  }

  /// Reads blocks of `Key=value` lines, puts the restarts and answers the services' types.
  static Map<String, String> services(String text, Samples out) {
    Map<String, String> types = new HashMap<>();
    Samples.Family restarts =
        out.counter(
            "node_systemd_service_restart_total", "Service unit count of Restart triggers", "name");
    Map<String, String> block = new HashMap<>();
    for (String line : (text + "\n\n").split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        block.put(line.substring(0, equals), line.substring(equals + 1));
      } else if (!block.isEmpty()) {
        String name = block.getOrDefault("Id", "");
        types.put(name, block.getOrDefault("Type", ""));
        String count = block.getOrDefault("NRestarts", "");
        if (!name.isEmpty() && count.matches("\\d{1,10}")) {
          restarts.set(Long.parseLong(count), name);
        }
        block.clear();
      }
    }
    return types;
  }

  /// Reads the columns unit, loaded, active, sub-state, description.
  static void units(String text, Map<String, String> types, Samples out) {
    Samples.Family states =
        out.gauge("node_systemd_unit_state", "Systemd unit", "name", "state", "type");
    text.lines()
        .map(line -> line.strip().split("\\s+", 5))
        .filter(columns -> columns.length >= 4 && ENDINGS.stream().anyMatch(columns[0]::endsWith))
        .filter(columns -> !columns[1].equals("not-found"))
        .forEach(columns -> {
          for (String state : STATES) {
            states.set(
                columns[2].equals(state) ? 1 : 0,
                columns[0],
                state,
                types.getOrDefault(columns[0], ""));
          }
        });
  }
}
