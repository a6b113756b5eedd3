package io.evenkeel.hub.command;

import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.config.ConfigReader;
import io.evenkeel.hub.config.EvenkeelConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that looks at a hub's configuration; they override the file.
final class HubOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings file (evenkeel.yaml); 'evenkeel check-config FILE' checks one.")
  private @Nullable Path file;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder that holds everything the hub keeps (default: ./data).")
  private @Nullable String data;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      description = "Where to listen (default: 127.0.0.1:9595); beyond this machine only with TLS.")
  private @Nullable String listen;

  @Option(
      names = "--agents",
      paramLabel = "ADDRESS:PORT",
      description =
          "Where agents of other servers come in, with the hub's own TLS; else set under 'Add a server'.")
  private @Nullable String agents;

  /// The options of a command line that holds these, each once with its value, and nothing else.
  static Optional<HubOptions> ofNothingElse(String[] arguments) {
    HubOptions options = new HubOptions();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length
          || arguments[i + 1].startsWith("--")
          || !seen.add(arguments[i])) {
        return Optional.empty();
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--config" -> options.file = Path.of(value);
        case "--data" -> options.data = value;
        case "--listen" -> options.listen = value;
        case "--agents" -> options.agents = value;
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.of(options);
  }

  EvenkeelConfig read() throws ConfigException {
    Map<String, String> overrides = new HashMap<>();
    if (data != null) {
      overrides.put("data", data);
    }
    if (listen != null) {
      overrides.put("listen", listen);
    }
    if (agents != null) {
      overrides.put("agents.listen", agents);
    }
    return ConfigReader.read(file, overrides);
  }
}
