package io.evenkeel.hub.command;

import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.config.ConfigReader;
import io.evenkeel.hub.config.EvenkeelConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that looks at a hub's configuration; they override the file.
final class HubOptions {
  static final Set<String> NAMES = Set.of("--config", "--data", "--listen");

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

  EvenkeelConfig read() throws ConfigException {
    Map<String, String> overrides = new HashMap<>();
    if (data != null) {
      overrides.put("data", data);
    }
    if (listen != null) {
      overrides.put("listen", listen);
    }
    return ConfigReader.read(file, overrides);
  }
}
