package io.evenkeel.hub.config;

import io.evenkeel.hub.config.EvenkeelConfig.Collection;
import io.evenkeel.hub.config.EvenkeelConfig.Listen;
import io.evenkeel.hub.config.EvenkeelConfig.Retention;
import io.evenkeel.hub.config.EvenkeelConfig.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Reads `evenkeel.yaml` into an [EvenkeelConfig]: every key checked, all problems told together,
/// an unknown key answered with the nearest known one.
///
/// The YAML becomes a plain tree; no type is ever chosen by the file.
public final class ConfigReader {
  /// Where a hub listens when nobody says otherwise.
  public static final String DEFAULT_LISTEN = "127.0.0.1:9595";

  private static final Set<String> KEYS =
      Set.of(
          "listen",
          "publicUrl",
          "data",
          "tls.certificate",
          "tls.key",
          "retention.keep",
          "retention.size",
          "collection.period",
          "collection.instance",
          "collection.textfiles");

  private static final Set<Duration> PERIODS =
      Set.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60));

  private final List<String> problems = new ArrayList<>();
  private final Map<String, String> values = new LinkedHashMap<>();

  private ConfigReader() {}

  /// Reads a file and lays the command line over it.
  ///
  /// @param file the settings file, or null for none
  /// @param overrides keys of the file and their values from the command line
  /// @throws ConfigException with everything that is wrong
  public static EvenkeelConfig read(@Nullable Path file, Map<String, String> overrides)
      throws ConfigException {
    ConfigReader reader = new ConfigReader();
    if (file != null) {
      reader.load(file);
    }
    reader.values.putAll(overrides);
    EvenkeelConfig config = reader.config();
    if (!reader.problems.isEmpty()) {
      throw new ConfigException(file == null ? "command line" : file.toString(), reader.problems);
    }
    return config;
  }

  private void load(Path file) throws ConfigException {
    try {
      JsonNode tree = new YAMLMapper().readTree(Files.readString(file));
      if (tree == null || tree.isMissingNode() || tree.isNull()) {
        return;
      }
      if (!tree.isObject()) {
        throw new ConfigException(
            file.toString(), List.of("expected keys and values, such as 'listen: 127.0.0.1:9595'"));
      }
      flatten("", tree);
    } catch (NoSuchFileException e) {
      throw new ConfigException(file.toString(), List.of("there is no such file"));
    } catch (IOException e) {
      throw new ConfigException(file.toString(), List.of("cannot be read: " + e.getMessage()));
    } catch (JacksonException e) {
      String place =
          e.getLocation() == null
              ? ""
              : "line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr()
                  + ": ";
      throw new ConfigException(
          file.toString(),
          List.of(place + e.getOriginalMessage().lines().findFirst().orElse("not YAML")));
    }
  }

  private void flatten(String prefix, JsonNode node) {
    node.forEachEntry((key, value) -> {
      String path = prefix + key;
      boolean group = KEYS.stream().anyMatch(known -> known.startsWith(path + "."));
      if (group && value.isObject()) {
        flatten(path + ".", value);
      } else if (group) {
        problems.add("'" + path + "' holds keys of its own: " + children(path));
      } else if (!KEYS.contains(path)) {
        problems.add(
            "unknown key '"
                + path
                + "'"
                + NearestWord.of(path, KEYS)
                    .map(near -> " (did you mean '" + near + "'?)")
                    .orElse(""));
      } else if (value.isContainer()) {
        problems.add("'" + path + "' holds one value");
      } else {
        values.put(path, value.asString());
      }
    });
  }

  private static String children(String path) {
    return String.join(
        ", ",
        KEYS.stream()
            .filter(known -> known.startsWith(path + "."))
            .sorted()
            .map(known -> known.substring(path.length() + 1))
            .toList());
  }

  private EvenkeelConfig config() {
    Listen listen =
        value(
            "listen", DEFAULT_LISTEN, this::listen, "an address and port, such as 127.0.0.1:9595");
    Optional<String> publicUrl =
        optional(
            "publicUrl",
            ConfigReader::url,
            "an http or https address without a path, such as https://monitor.example.org");
    Path data = value("data", "data", ConfigReader::path, "a folder");
    Optional<Path> certificate =
        optional("tls.certificate", ConfigReader::readable, "a PEM file that can be read");
    Optional<Path> key = optional("tls.key", ConfigReader::readable, "a PEM file that can be read");
    if (certificate.isPresent() != key.isPresent() && problems.isEmpty()) {
      problems.add("tls needs both 'certificate' and 'key'");
    }
    Optional<Tls> tls = certificate.flatMap(c -> key.map(k -> new Tls(c, k)));
    if (tls.isEmpty() && problems.isEmpty() && !listen.isLoopback()) {
      problems.add(
          "listening on "
              + listen.host()
              + " lets others in, which needs 'tls: {certificate: …, key: …}'; keep 127.0.0.1 and reach it by ssh -L otherwise");
    }
    Duration keep = value("retention.keep", "15d", Quantities::duration, "a duration such as 15d");
    if (keep.compareTo(Duration.ofHours(1)) < 0) {
      problems.add("'retention.keep' is at least 1h");
    }
    long size = value("retention.size", "0", Quantities::bytes, "a size such as 10GB");
    Duration period =
        value(
            "collection.period",
            "1s",
            text -> Quantities.duration(text).filter(PERIODS::contains),
            "one of 1s, 2s, 5s, 10s, 15s, 30s, 60s");
    Optional<String> instance =
        optional(
            "collection.instance",
            text -> Optional.of(text).filter(t -> !t.isBlank() && t.length() <= 128),
            "a name of at most 128 characters");
    Optional<Path> textfiles = optional("collection.textfiles", ConfigReader::path, "a folder");
    return new EvenkeelConfig(
        listen,
        publicUrl,
        data,
        tls,
        new Retention(keep, size),
        new Collection(period, instance, textfiles));
  }

  private <T> T value(
      String key, String fallback, Function<String, Optional<T>> parse, String expected) {
    String text = values.getOrDefault(key, fallback);
    Optional<T> parsed = parse.apply(text);
    if (parsed.isEmpty()) {
      problems.add("'" + key + ": " + text + "' is not " + expected);
      return parse.apply(fallback).orElseThrow();
    }
    return parsed.get();
  }

  private <T> Optional<T> optional(
      String key, Function<String, Optional<T>> parse, String expected) {
    String text = values.get(key);
    if (text == null) {
      return Optional.empty();
    }
    Optional<T> parsed = parse.apply(text);
    if (parsed.isEmpty()) {
      problems.add("'" + key + ": " + text + "' is not " + expected);
    }
    return parsed;
  }

  private Optional<Listen> listen(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      int port = colon < 0 ? 9595 : Integer.parseInt(text.substring(colon + 1));
      if (port < 0 || port > 65_535 || host.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new Listen(host, InetAddress.getByName(host), port));
    } catch (NumberFormatException | UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> url(String text) {
    try {
      URI uri = URI.create(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean bare =
          uri.getRawPath() == null || uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
      return web && bare && uri.getHost() != null
          ? Optional.of(uri.getScheme() + "://" + uri.getRawAuthority())
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> path(String text) {
    try {
      return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> readable(String text) {
    return path(text).filter(Files::isReadable);
  }
}
