package io.evenkeel.hub.config;

import io.evenkeel.hub.config.EvenkeelConfig.Collection;
import io.evenkeel.hub.config.EvenkeelConfig.Limits;
import io.evenkeel.hub.config.EvenkeelConfig.Listen;
import io.evenkeel.hub.config.EvenkeelConfig.Outgoing;
import io.evenkeel.hub.config.EvenkeelConfig.Retention;
import io.evenkeel.hub.config.EvenkeelConfig.Tls;
import io.evenkeel.hub.haproxy.HaproxyReader;
import io.evenkeel.hub.haproxy.HaproxySettings;
import io.evenkeel.hub.probe.ProbeForm;
import io.evenkeel.hub.probe.ProbeReader;
import io.evenkeel.hub.scrape.ScrapeJob;
import io.evenkeel.hub.scrape.ScrapeJobReader;
import io.evenkeel.hub.yaml.NearestWord;
import io.evenkeel.hub.yaml.YamlProblem;
import io.evenkeel.model.outgoing.Network;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads `evenkeel.yaml` and the command line into an [EvenkeelConfig]: every key checked, all
/// problems told together with their lines, an unknown key answered with the nearest known one, a
/// retired key with what took its place. Used once.
public final class ConfigReader {
  /// Where a hub listens when nobody says otherwise.
  public static final String DEFAULT_LISTEN = "127.0.0.1:9595";

  private static final int DEFAULT_PORT = 9595;
  private static final Duration SHORTEST_KEEP = Duration.ofHours(1);
  private static final long SMALLEST_STORE_BYTES = 64 << 20;
  private static final long HALF_OF_FREE = 0;

  /// Every key, so that an unknown one is refused. What a key means stands in [#config()].
  private static final Set<String> KEYS =
      new TreeSet<>(
          Set.of(
              "listen",
              "agents.listen",
              "publicUrl",
              "data",
              "tls.certificate",
              "tls.key",
              "retention.keep",
              "retention.minutes",
              "retention.hours",
              "retention.size",
              "collection.period",
              "collection.instance",
              "collection.textfiles",
              "limits.ingestCompressed",
              "limits.ingestDecoded",
              "limits.series",
              "limits.seriesPerAgent",
              "limits.queryTimeout",
              "limits.querySamples",
              "limits.queryCache",
              "gateway.file",
              SettingsFile.PRIVATE_NETWORKS));

  /// Keys of earlier versions, each with the sentence that says what to write now. Prometheus's
  /// name for the same thing is here too, because people try it first.
  private static final Map<String, String> RETIRED =
      Map.of("retention.time", "Evenkeel calls it 'retention.keep'");

  private static final Duration DEFAULT_MINUTES = Duration.ofDays(90);
  private static final Duration DEFAULT_HOURS = Duration.ofDays(730);

  private static final Set<Duration> PERIODS =
      Set.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60));

  /// A value and where it was written, such as `evenkeel.yaml:3` or `--listen`.
  private record Written(String text, String place) {}

  private final Set<String> keys;
  private final Map<String, String> retired;
  private final Map<String, Written> values = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private List<ScrapeJob> scrapeJobs = List.of();
  private List<ProbeForm> probes = List.of();
  private HaproxySettings haproxy = HaproxySettings.NONE;

  /// @param keys the keys there are
  /// @param retired the keys there were
  ConfigReader(Set<String> keys, Map<String, String> retired) {
    this.keys = keys;
    this.retired = retired;
  }

  /// Reads a file and lays the command line over it.
  ///
  /// @param file the settings file, or null for none
  /// @param overrides keys of the file and their values from the command line
  /// @throws ConfigException with everything that is wrong
  public static EvenkeelConfig read(@Nullable Path file, Map<String, String> overrides)
      throws ConfigException {
    ConfigReader reader = new ConfigReader(KEYS, RETIRED);
    if (file != null) {
      reader.load(file);
    }
    overrides.forEach((key, text) -> reader.values.put(key, new Written(text, "--" + key)));
    EvenkeelConfig config = reader.config();
    reader.failOnProblems();
    return config;
  }

  /// Takes the keys and values of a file.
  ///
  /// @throws ConfigException when it cannot be read as YAML at all
  void load(Path file) throws ConfigException {
    String text = ConfigText.of(file);
    SettingsFile settings = SettingsFile.parse(text);
    settings
        .problems()
        .forEach(problem -> problems.add(file + ":" + problem.line() + ": " + problem.message()));
    settings
        .values()
        .forEach((key, value) -> accept(key, new Written(value.text(), file + ":" + value.line())));
    // A text that is no YAML at all has been told already.
    boolean readable = problems.isEmpty();
    if (text.contains(SettingsFile.SCRAPE_CONFIGS)) {
      loadScrapeJobs(text, file, readable);
    }
    if (text.contains(SettingsFile.PROBES)) {
      ProbeReader.Result read = ProbeReader.read(text, folderOf(file));
      probes = read.probes();
      tell(read.problems(), file, readable);
    }
    if (text.contains(SettingsFile.HAPROXY)) {
      HaproxyReader.Result read = HaproxyReader.read(text);
      haproxy = read.settings();
      tell(read.problems(), file, readable);
    }
  }

  private void loadScrapeJobs(String text, Path file, boolean readable) {
    ScrapeJobReader.Result read = ScrapeJobReader.read(text, folderOf(file));
    scrapeJobs = read.jobs();
    tell(read.problems(), file, readable);
  }

  private static Path folderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file.toAbsolutePath() : folder;
  }

  private void tell(List<YamlProblem> read, Path file, boolean readable) {
    if (readable) {
      read.forEach(problem -> problems.add(file + ":" + problem));
    }
  }

  void failOnProblems() throws ConfigException {
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private void accept(String key, Written value) {
    if (keys.contains(key)) {
      values.put(key, value);
      return;
    }
    String message;
    if (retired.containsKey(key)) {
      message = "'" + key + "' is not a setting any more: " + retired.get(key);
    } else if (keys.stream().anyMatch(known -> known.startsWith(key + "."))) {
      message = "'" + key + "' holds keys of its own: " + String.join(", ", inside(key));
    } else {
      message =
          "unknown setting '"
              + key
              + "'"
              + NearestWord.of(key, keys)
                  .map(near -> "; did you mean '" + near + "'?")
                  .orElse("; the settings are " + String.join(", ", keys));
    }
    problems.add(value.place + ": " + message);
  }

  private List<String> inside(String group) {
    return keys.stream()
        .filter(known -> known.startsWith(group + "."))
        .map(known -> known.substring(group.length() + 1))
        .toList();
  }

  private EvenkeelConfig config() {
    Listen listen =
        value(
            "listen",
            DEFAULT_LISTEN,
            ConfigReader::listen,
            "an address and port, such as 127.0.0.1:9595");
    Optional<String> publicUrl =
        optional(
            "publicUrl",
            ConfigReader::url,
            "an http or https address without a path, such as https://monitor.example.org");
    Path data = value("data", "data", ConfigReader::path, "a folder");
    Optional<Tls> tls = tls(listen);
    Duration keep =
        value(
            "retention.keep",
            "15d",
            text -> Quantities.duration(text).filter(d -> d.compareTo(SHORTEST_KEEP) >= 0),
            "a duration of at least 1h, such as 15d");
    // Rollups that are not asked for stay at least as long as what they are made of.
    Duration minutes = rollups("retention.minutes", DEFAULT_MINUTES, "retention.keep", keep);
    Duration hours = rollups("retention.hours", DEFAULT_HOURS, "retention.minutes", minutes);
    long size =
        optional(
                "retention.size",
                text -> Quantities.bytes(text).filter(bytes -> bytes >= SMALLEST_STORE_BYTES),
                "a size of at least 64MiB, such as 10GB")
            .orElse(HALF_OF_FREE);
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
        new Retention(keep, minutes, hours, size),
        new Collection(period, instance, textfiles),
        limits(),
        new Outgoing(
            value(
                SettingsFile.PRIVATE_NETWORKS,
                "",
                ConfigReader::networks,
                "a list of networks separated by commas, such as 10.0.0.0/8, 192.168.1.20")),
        scrapeJobs,
        probes,
        optional("gateway.file", ConfigReader::path, "a file"),
        haproxy,
        optional(
            "agents.listen", ConfigReader::listen, "an address and port, such as 0.0.0.0:9596"));
  }

  private Duration rollups(String key, Duration usual, String of, Duration least) {
    return optional(
            key,
            text -> Quantities.duration(text).filter(d -> d.compareTo(least) >= 0),
            "a duration of at least '" + of + "', such as " + usual.toDays() + "d")
        .orElse(usual.compareTo(least) > 0 ? usual : least);
  }

  private static Optional<List<Network>> networks(String text) {
    List<Network> networks = new ArrayList<>();
    for (String one : text.isBlank() ? List.<String>of() : List.of(text.split(",", -1))) {
      Optional<Network> network = Network.parse(one.strip());
      if (network.isEmpty()) {
        return Optional.empty();
      }
      networks.add(network.get());
    }
    return Optional.of(networks);
  }

  private Optional<Tls> tls(Listen listen) {
    Function<String, Optional<Path>> readable =
        text -> path(text).filter(Files::isRegularFile).filter(Files::isReadable);
    Optional<Path> certificate =
        optional("tls.certificate", readable, "a PEM file that can be read");
    Optional<Path> key = optional("tls.key", readable, "a PEM file that can be read");
    boolean wantsCertificate = values.containsKey("tls.certificate");
    boolean wantsKey = values.containsKey("tls.key");
    if (wantsCertificate != wantsKey) {
      String written = wantsKey ? "tls.key" : "tls.certificate";
      String missing = wantsKey ? "tls.certificate" : "tls.key";
      problem(written, "'" + written + "' needs '" + missing + "' too");
    }
    if (!wantsCertificate && !wantsKey && !listen.isLoopback()) {
      problem(
          "listen",
          "listening on "
              + listen.host()
              + " lets other machines in and needs TLS: set 'tls.certificate' and 'tls.key',"
              + " or listen on 127.0.0.1 and come in by 'ssh -L'");
    }
    return certificate.flatMap(c -> key.map(k -> new Tls(c, k)));
  }

  private Limits limits() {
    Function<String, Optional<Integer>> mebibytes =
        text ->
            Quantities.bytes(text)
                .filter(bytes -> bytes >= 1 << 16 && bytes <= 1 << 30)
                .map(Math::toIntExact);
    return new Limits(
        value("limits.ingestCompressed", "1MiB", mebibytes, "a size from 64KiB to 1GiB"),
        value("limits.ingestDecoded", "8MiB", mebibytes, "a size from 64KiB to 1GiB"),
        value(
                "limits.series",
                "200000",
                number(1_000, 50_000_000),
                "a number from 1000 to 50000000")
            .intValue(),
        value(
                "limits.seriesPerAgent",
                "5000",
                number(500, 50_000_000),
                "a number from 500 to 50000000")
            .intValue(),
        value(
            "limits.queryTimeout",
            "30s",
            text ->
                Quantities.duration(text).filter(d -> d.toSeconds() >= 1 && d.toMinutes() <= 10),
            "a duration from 1s to 10m"),
        value(
            "limits.querySamples",
            "50000000",
            number(1_000, 10_000_000_000L),
            "a number from 1000 to 10000000000"),
        optional(
            "limits.queryCache",
            text -> text.equals("0") ? Optional.of(0L) : Quantities.bytes(text),
            "a size, or 0 for no cache"));
  }

  private <T> T value(
      String key, String usual, Function<String, Optional<T>> parse, String expected) {
    return optional(key, parse, expected).or(() -> parse.apply(usual)).orElseThrow();
  }

  private <T> Optional<T> optional(
      String key, Function<String, Optional<T>> parse, String expected) {
    Written written = values.get(key);
    if (written == null) {
      return Optional.empty();
    }
    Optional<T> parsed = parse.apply(written.text.strip());
    if (parsed.isEmpty()) {
      problem(key, "'" + key + "' is '" + written.text + "', which is not " + expected);
    }
    return parsed;
  }

  private void problem(String key, String message) {
    Written written = values.get(key);
    problems.add(written == null ? message : written.place + ": " + message);
  }

  /// Reads an address and port; empty when the text is none.
  public static Optional<Listen> listen(String text) {
    if (text.matches("\\d{1,5}")) {
      return listen("127.0.0.1:" + text);
    }
    boolean bareAddress = text.indexOf(':') < 0 || text.endsWith("]");
    int colon = bareAddress ? text.length() : text.lastIndexOf(':');
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      int port = bareAddress ? DEFAULT_PORT : Integer.parseInt(text.substring(colon + 1));
      return port < 0 || port > 65_535 || host.isEmpty()
          ? Optional.empty()
          : Optional.of(new Listen(host, InetAddress.getByName(host), port));
    } catch (NumberFormatException | UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> url(String text) {
    try {
      URI uri = URI.create(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean bare = uri.getRawPath() == null || uri.getRawPath().matches("/?");
      return web && bare && uri.getHost() != null && uri.getRawQuery() == null
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

  private static Function<String, Optional<Long>> number(long least, long most) {
    return text ->
        text.matches("\\d{1,15}")
            ? Optional.of(Long.parseLong(text)).filter(n -> n >= least && n <= most)
            : Optional.empty();
  }
}
