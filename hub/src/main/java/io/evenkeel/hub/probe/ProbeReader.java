package io.evenkeel.hub.probe;

import io.evenkeel.agent.probe.Check;
import io.evenkeel.agent.probe.IpFamily;
import io.evenkeel.agent.probe.Probe;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.yaml.YamlDocument;
import io.evenkeel.hub.yaml.YamlFields;
import io.evenkeel.hub.yaml.YamlProblem;
import io.evenkeel.hub.yaml.YamlScalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the `probes` of a settings file, with every problem and its place. Used once.
public final class ProbeReader {
  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Path base;
  private final List<ProbeForm> probes = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private Check.@Nullable Http http;
  private Check.@Nullable Tcp tcp;
  private Check.@Nullable Icmp icmp;
  private Check.@Nullable Dns dns;

  private ProbeReader(Path base) {
    this.base = base;
  }

  /// What a text says.
  ///
  /// @param probes empty when there are problems
  public record Result(List<ProbeForm> probes, List<YamlProblem> problems) {}

  /// Reads `probes` from a settings file; its other fields are left to others.
  ///
  /// @param base the folder from which relative file names start
  public static Result read(String text, Path base) {
    ProbeReader reader = new ProbeReader(base);
    List<YamlProblem> problems =
        YamlDocument.read(
            text,
            file -> {
              file.each("probes", "a probe", reader::probe);
              file.leaveOthers();
            });
    return new Result(problems.isEmpty() ? List.copyOf(reader.probes) : List.of(), problems);
  }

  private void probe(YamlFields fields) {
    http = null;
    tcp = null;
    icmp = null;
    dns = null;
    String name = fields.text("name");
    if (!name.isEmpty() && !names.add(name)) {
      fields.problemOf("name", "another probe is named '" + name + "' too");
    }
    Duration interval = fields.duration("interval").orElse(INTERVAL);
    Duration timeout = fields.duration("timeout").orElse(TIMEOUT);
    IpFamily family = family(fields);
    fields.group("http", "an HTTP check", this::http);
    fields.group("tcp", "a TCP check", this::tcp);
    fields.group("icmp", "an ICMP check", inner -> icmp = new Check.Icmp(inner.text("host")));
    fields.group("dns", "a DNS check", this::dns);
    ProbeForm form =
        new ProbeForm(
            name,
            Math.toIntExact(Math.min(interval.toSeconds(), Integer.MAX_VALUE)),
            Math.toIntExact(Math.min(timeout.toMillis(), Integer.MAX_VALUE)),
            family,
            http,
            tcp,
            icmp,
            dns,
            fields.scalars("from").stream().map(YamlScalar::text).toList());
    switch (form.probe()) {
      case Outcome.Done<Probe> _ -> probes.add(form);
      case Outcome.Refused<Probe> refused ->
          fields.problemOf(field(refused.field()), refused.message().en());
    }
  }

  /// The name of a form's field in the file.
  private static String field(@Nullable String field) {
    return switch (field) {
      case null -> "name";
      case "intervalSeconds" -> "interval";
      case "timeoutMillis" -> "timeout";
      default -> field.contains(".") ? field.substring(0, field.indexOf('.')) : field;
    };
  }

  private static IpFamily family(YamlFields fields) {
    return switch (fields.text("ip")) {
      case "", "any" -> IpFamily.ANY;
      case "4" -> IpFamily.V4;
      case "6" -> IpFamily.V6;
      default -> {
        fields.problemOf("ip", "'ip' is any, 4 or 6");
        yield IpFamily.ANY;
      }
    };
  }

  private void http(YamlFields fields) {
    List<Integer> status = new ArrayList<>();
    for (YamlScalar code : fields.scalars("status")) {
      if (code.text().matches("\\d{3}")) {
        status.add(Integer.valueOf(code.text()));
      } else {
        fields.problem(code, 0, "'" + code.text() + "' is no HTTP status, such as 200");
      }
    }
    String method = fields.text("method");
    http =
        new Check.Http(
            fields.text("url"),
            method.isEmpty() ? "GET" : method.toUpperCase(Locale.ROOT),
            status,
            fields.text("bodyMatches"),
            fields.text("bodyLacks"),
            !fields.has("followRedirects") || fields.flag("followRedirects"),
            authorities(fields));
  }

  private void tcp(YamlFields fields) {
    tcp =
        new Check.Tcp(
            fields.text("host"),
            fields.count("port").orElse(0),
            fields.flag("tls"),
            fields.text("send"),
            fields.text("expects"),
            authorities(fields));
  }

  private void dns(YamlFields fields) {
    String type = fields.text("type");
    dns =
        new Check.Dns(
            fields.text("name"),
            type.isEmpty() ? "A" : type.toUpperCase(Locale.ROOT),
            fields.text("server"),
            fields.text("answers"));
  }

  private String authorities(YamlFields fields) {
    Optional<YamlScalar> file = fields.scalar("authorities").filter(v -> !v.text().isEmpty());
    if (file.isEmpty()) {
      return "";
    }
    Path path = base.resolve(file.get().text());
    try {
      return Files.readString(path);
    } catch (IOException e) {
      fields.problem(file.get(), 0, "the certificates in " + path + " cannot be read");
      return "";
    }
  }
}
