package io.evenkeel.hub.scrape;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.evenkeel.hub.scrape.RelabelRule.Action;
import io.evenkeel.hub.scrape.ScrapeJob.Credentials;
import io.evenkeel.hub.scrape.ScrapeJob.Limits;
import io.evenkeel.hub.yaml.YamlDocument;
import io.evenkeel.hub.yaml.YamlFields;
import io.evenkeel.hub.yaml.YamlProblem;
import io.evenkeel.hub.yaml.YamlScalar;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads `scrape_configs`, with every problem and its place. A field that Prometheus has and the
/// hub has not is a problem too, never passed over. Used once.
public final class ScrapeJobReader {
  private static final Duration INTERVAL = Duration.ofSeconds(15);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final long BODY_BYTES = 8 << 20;
  private static final long MOST_BODY_BYTES = 256L << 20;
  private static final String ANYTHING = "(.*)";

  private final Path base;
  private final List<ScrapeJob> jobs = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private ScrapeJobReader(Path base) {
    this.base = base;
  }

  /// What a text says.
  ///
  /// @param jobs empty when there are problems
  public record Result(List<ScrapeJob> jobs, List<YamlProblem> problems) {}

  /// Reads the `scrape_configs` of a settings file; its other fields are left to others.
  ///
  /// @param base the folder from which relative file names start
  public static Result read(String text, Path base) {
    ScrapeJobReader reader = new ScrapeJobReader(base);
    List<YamlProblem> problems =
        YamlDocument.read(
            text,
            file -> {
              file.each("scrape_configs", "a scrape job", reader::job);
              file.leaveOthers();
            });
    return new Result(problems.isEmpty() ? List.copyOf(reader.jobs) : List.of(), problems);
  }

  private void job(YamlFields fields) {
    String name = fields.text("job_name");
    if (name.isEmpty()) {
      fields.problem("a scrape job needs a job_name");
    } else if (!names.add(name)) {
      fields.problemOf("job_name", "another scrape job is named '" + name + "' too");
    }
    Duration interval = fields.duration("scrape_interval").orElse(INTERVAL);
    Duration timeout =
        fields
            .duration("scrape_timeout")
            .orElse(interval.compareTo(TIMEOUT) < 0 ? interval : TIMEOUT);
    if (interval.compareTo(SHORTEST) < 0) {
      fields.problemOf("scrape_interval", "a scrape_interval is at least 1s");
    }
    if (timeout.compareTo(interval) > 0 || timeout.isZero()) {
      fields.problemOf("scrape_timeout", "a scrape_timeout is at most the scrape_interval");
    }
    String path = fields.scalar("metrics_path").map(YamlScalar::text).orElse("/metrics");
    if (!path.startsWith("/")) {
      fields.problemOf("metrics_path", "a metrics_path begins with '/'");
    }
    String scheme = fields.scalar("scheme").map(YamlScalar::text).orElse("http");
    if (!scheme.equals("http") && !scheme.equals("https")) {
      fields.problemOf("scheme", "a scheme is http or https");
    }
    Map<String, List<String>> params = new LinkedHashMap<>();
    fields.group(
        "params",
        "the parameters",
        inner ->
            inner
                .names()
                .forEach(param ->
                    params.put(
                        param, inner.scalars(param).stream().map(YamlScalar::text).toList())));
    List<TargetGroup> groups = new ArrayList<>();
    fields.each("static_configs", "a group of targets", group -> groups.add(targets(group)));
    List<TargetFiles> files = new ArrayList<>();
    fields.each("file_sd_configs", "a list of target files", list -> files.add(files(list)));
    jobs.add(
        new ScrapeJob(
            name,
            interval,
            timeout,
            path,
            scheme,
            params,
            groups,
            files,
            rules(fields, "relabel_configs"),
            rules(fields, "metric_relabel_configs"),
            fields.flag("honor_labels"),
            !fields.has("honor_timestamps") || fields.flag("honor_timestamps"),
            fields.flag("scrape_native_histograms"),
            limits(fields),
            credentials(fields),
            tls(fields)));
  }

  /// Reads a group of targets, as it stands in a static list and in a file of targets.
  static TargetGroup targets(YamlFields group) {
    List<String> addresses = new ArrayList<>();
    for (YamlScalar address : group.scalars("targets")) {
      if (address.text().contains("/") || address.text().isBlank()) {
        group.problem(
            address, 0, "'" + address.text() + "' is not an address, such as 10.0.0.5:9100");
      } else {
        addresses.add(address.text());
      }
    }
    Map<String, String> labels = new LinkedHashMap<>();
    group.texts("labels").forEach((label, value) -> labels.put(label, value.text()));
    return new TargetGroup(addresses, labels);
  }

  private TargetFiles files(YamlFields list) {
    List<Path> patterns = new ArrayList<>();
    for (YamlScalar pattern : list.scalars("files")) {
      if (pattern.text().matches(".*\\.(yml|yaml|json)")) {
        patterns.add(base.resolve(pattern.text()));
      } else {
        list.problem(pattern, 0, "a file of targets ends in .yml, .yaml or .json");
      }
    }
    list.duration("refresh_interval");
    return new TargetFiles(patterns);
  }

  private static Limits limits(YamlFields fields) {
    return new Limits(
        fields.count("sample_limit").orElse(0),
        fields.count("label_limit").orElse(0),
        fields.count("label_name_length_limit").orElse(0),
        fields.count("label_value_length_limit").orElse(0),
        bodyBytes(fields),
        fields.count("target_limit").orElse(0));
  }

  private static long bodyBytes(YamlFields fields) {
    Optional<YamlScalar> limit = fields.scalar("body_size_limit");
    if (limit.isEmpty()) {
      return BODY_BYTES;
    }
    Optional<Long> bytes = ByteSize.parse(limit.get().text());
    if (bytes.isEmpty() || bytes.get() > MOST_BODY_BYTES || bytes.get() < 1) {
      fields.problem(limit.get(), 0, "a body_size_limit is a size up to 256MB, such as 10MB");
      return BODY_BYTES;
    }
    return bytes.get();
  }

  private Credentials credentials(YamlFields fields) {
    List<Credentials> all = new ArrayList<>();
    fields.group(
        "basic_auth",
        "a basic_auth",
        auth ->
            all.add(
                new Credentials.Basic(
                    auth.text("username"), auth.text("password"), file(auth, "password_file"))));
    fields.group(
        "authorization",
        "an authorization",
        auth ->
            all.add(
                new Credentials.Token(
                    auth.scalar("type").map(YamlScalar::text).orElse("Bearer"),
                    auth.text("credentials"),
                    file(auth, "credentials_file"))));
    String bearer = fields.text("bearer_token");
    Optional<Path> bearerFile = file(fields, "bearer_token_file");
    if (!bearer.isEmpty() || bearerFile.isPresent()) {
      all.add(new Credentials.Token("Bearer", bearer, bearerFile));
    }
    if (all.size() > 1) {
      fields.problem("only one of basic_auth, authorization and bearer_token may be set");
    }
    return all.isEmpty() ? new Credentials.None() : all.getFirst();
  }

  private Optional<Path> file(YamlFields fields, String field) {
    String name = fields.text(field);
    return name.isEmpty() ? Optional.empty() : Optional.of(base.resolve(name));
  }

  private Optional<Path> tls(YamlFields fields) {
    List<Path> authorities = new ArrayList<>();
    fields.group(
        "tls_config",
        "a tls_config",
        tls -> {
          file(tls, "ca_file").ifPresent(authorities::add);
          if (tls.flag("insecure_skip_verify")) {
            tls.problemOf(
                "insecure_skip_verify",
                "certificates are always verified: name the authority in ca_file");
          }
        });
    return authorities.stream().findFirst();
  }

  private static List<RelabelRule> rules(YamlFields fields, String field) {
    List<RelabelRule> rules = new ArrayList<>();
    fields.each(field, "a relabelling", rule -> rule(rule).ifPresent(rules::add));
    return rules;
  }

  private static Optional<RelabelRule> rule(YamlFields fields) {
    String word = fields.scalar("action").map(YamlScalar::text).orElse("replace");
    Optional<Action> action =
        Arrays.stream(Action.values()).filter(a -> a.word().equalsIgnoreCase(word)).findFirst();
    List<String> sources = fields.scalars("source_labels").stream().map(YamlScalar::text).toList();
    Optional<Pattern> regex = regex(fields);
    String target = fields.text("target_label");
    String separator = fields.scalar("separator").map(YamlScalar::text).orElse(";");
    int modulus = fields.count("modulus").orElse(0);
    String replacement = fields.scalar("replacement").map(YamlScalar::text).orElse("$1");
    if (action.isEmpty()) {
      fields.problemOf(
          "action",
          "an action is one of "
              + Arrays.stream(Action.values()).map(Action::word).collect(Collectors.joining(", ")));
      return Optional.empty();
    }
    boolean needsTarget =
        switch (action.get()) {
          case REPLACE, HASHMOD, LOWERCASE, UPPERCASE, KEEPEQUAL, DROPEQUAL -> true;
          case KEEP, DROP, LABELMAP, LABELDROP, LABELKEEP -> false;
        };
    if (needsTarget && target.isEmpty()) {
      fields.problem("the action " + word + " needs a target_label");
    }
    if (action.get() == Action.HASHMOD && modulus == 0) {
      fields.problem("the action hashmod needs a modulus above 0");
    }
    return regex.map(pattern ->
        new RelabelRule(action.get(), sources, separator, pattern, target, modulus, replacement));
  }

  private static Optional<Pattern> regex(YamlFields fields) {
    Optional<YamlScalar> regex = fields.scalar("regex");
    try {
      // Line breaks are characters like any other, as in Prometheus's matchers.
      return Optional.of(
          Pattern.compile(regex.map(YamlScalar::text).orElse(ANYTHING), Pattern.DOTALL));
    } catch (PatternSyntaxException e) {
      regex.ifPresent(
          text -> fields.problem(text, 0, "not a regular expression (RE2): " + e.getDescription()));
      return Optional.empty();
    }
  }
}
