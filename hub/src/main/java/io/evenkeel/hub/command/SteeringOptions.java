package io.evenkeel.hub.command;

import io.evenkeel.hub.gateways.SteeredGateway;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of a gateway that a hub steers.
final class SteeringOptions {
  private static final String TOKEN_VARIABLE = "EVENKEEL_TOKEN";
  private static final int MOST_PORT = 65_535;

  @Option(
      names = "--hub",
      paramLabel = "URL",
      description = "The hub that steers it, such as https://monitor.example.org:9595.")
  private @Nullable String hub;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "An API token ('evenkeel token create edge-1 --scope gateway'); better in the variable "
              + TOKEN_VARIABLE
              + ".")
  private @Nullable String token;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What the hub calls it (default: this machine's name and '-gateway').")
  private @Nullable String name;

  @Option(
      names = "--state",
      paramLabel = "FOLDER",
      description =
          "Keeps what the hub told last, for starts without it (default: $STATE_DIRECTORY, else"
              + " ./gateway-state).")
  private @Nullable Path state;

  @Option(
      names = "--listen",
      paramLabel = "LISTENER=ADDRESS:PORT",
      description = "Where a listener of the hub's configuration opens its port on this machine.")
  private Map<String, String> listen = new LinkedHashMap<>();

  @Option(
      names = "--access-log",
      paramLabel = "FILE",
      description = "A line of JSON for each request; a hub cannot name a file.")
  private @Nullable Path accessLog;

  @Option(
      names = "--admin-port",
      paramLabel = "PORT",
      description = "A port on loopback with /metrics and /-/healthy.")
  private @Nullable Integer adminPort;

  /// Whether a hub is named.
  boolean isGiven() {
    return hub != null;
  }

  SteeredGateway.Settings read() throws CommandFailure {
    String secret = token == null ? System.getenv(TOKEN_VARIABLE) : token;
    if (secret == null || !secret.matches("[A-Za-z0-9_-]{1,200}")) {
      throw new CommandFailure(
          "a steered gateway needs a token: 'evenkeel token create edge-1 --scope gateway' on the"
              + " hub makes one, for --token or the variable "
              + TOKEN_VARIABLE);
    }
    Map<String, InetSocketAddress> ports = new LinkedHashMap<>();
    for (Map.Entry<String, String> one : listen.entrySet()) {
      ports.put(one.getKey(), address(one.getValue()));
    }
    if (adminPort != null && (adminPort < 1 || adminPort > MOST_PORT)) {
      throw new CommandFailure("--admin-port is a port from 1 to " + MOST_PORT);
    }
    return new SteeredGateway.Settings(
        hub(String.valueOf(hub)),
        secret,
        ownName(),
        folder(),
        ports,
        Optional.ofNullable(accessLog),
        Optional.ofNullable(adminPort));
  }

  private static URI hub(String text) throws CommandFailure {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null
          && ("https".equals(uri.getScheme())
              || "http".equals(uri.getScheme())
                  && InetAddress.getByName(uri.getHost()).isLoopbackAddress())) {
        return uri;
      }
    } catch (IllegalArgumentException | UnknownHostException e) {
      throw new CommandFailure("--hub " + text + " is not an address: " + e.getMessage());
    }
    throw new CommandFailure(
        "--hub is an https address, such as https://monitor.example.org:9595 (http only on this"
            + " machine: the token would be readable on its way)");
  }

  private static InetSocketAddress address(String text) throws CommandFailure {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon > 0 && port.matches("\\d{1,5}") && Integer.parseInt(port) <= MOST_PORT) {
      InetSocketAddress address =
          new InetSocketAddress(text.substring(0, colon), Integer.parseInt(port));
      if (!address.isUnresolved()) {
        return address;
      }
    }
    throw new CommandFailure(
        "--listen names a listener, an address and a port, such as web=0.0.0.0:8080, not " + text);
  }

  private String ownName() throws CommandFailure {
    if (name != null) {
      return name;
    }
    try {
      return InetAddress.getLocalHost().getHostName() + "-gateway";
    } catch (UnknownHostException e) {
      throw new CommandFailure("this machine has no name: --name is needed");
    }
  }

  private Path folder() {
    String ofService = System.getenv("STATE_DIRECTORY");
    return state != null ? state : Path.of(ofService == null ? "gateway-state" : ofService);
  }
}
