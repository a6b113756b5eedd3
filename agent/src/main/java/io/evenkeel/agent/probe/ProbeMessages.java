package io.evenkeel.agent.probe;

import io.evenkeel.agent.probe.ProbeFailure.Kind;
import io.evenkeel.agent.probe.ProbeResult.Answer;
import io.evenkeel.agent.probe.ProbeResult.Phase;
import io.evenkeel.agent.probe.ProbeResult.Sample;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.link.LinkMessage;
import io.evenkeel.model.link.LinkMessage.Line;
import io.evenkeel.model.link.LinkMessageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Probes and what came of them as [LinkMessage]s, the way they travel between hub and agent.
///
/// Texts have their control characters and backslashes escaped, as in JSON. What an agent tells is
/// within bounds or refused as a whole: names of metrics that begin with `probe_`, few of them, and
/// no label but those that tell the series of one probe apart.
public final class ProbeMessages {
  private static final String NO = "no";
  private static final String YES = "yes";
  private static final int LONGEST_TEXT = 1_000;
  private static final int MOST_RESULTS = 1_000;
  private static final int MOST_SAMPLES = 64;
  private static final int MOST_PHASES = 64;
  private static final int MOST_RECORDS = 8;
  private static final Pattern METRIC = Pattern.compile("probe_[a-z0-9_]{1,100}");
  private static final Pattern LABEL = Pattern.compile("phase|version");

  private ProbeMessages() {}

  /// A probe that an agent runs.
  ///
  /// @param id the probe's, unique on the hub
  /// @param revision another one whenever the probe is changed
  public record Order(String id, String revision) {
    private static final Pattern WORD = Pattern.compile("[^\\p{Cntrl}]{1,128}");

    /// The order as a value of a message.
    public String text() {
      return revision + " " + id;
    }

    static Order parse(String text) throws LinkMessageException {
      int space = text.indexOf(' ');
      if (space < 1 || !WORD.matcher(text.substring(space + 1)).matches()) {
        throw new LinkMessageException("'" + text + "' names no probe");
      }
      return new Order(text.substring(space + 1), text.substring(0, space));
    }
  }

  /// What an agent tells of a probe.
  ///
  /// @param id the probe's
  public record Told(String id, ProbeResult result) {}

  // --- what is to be run ---

  /// The list of what an agent is to run.
  public static LinkMessage orders(List<Order> orders) {
    LinkMessage.Builder message = new LinkMessage.Builder();
    orders.forEach(order -> message.add("probe", order.text()));
    return message.build();
  }

  /// Reads the list of what an agent is to run.
  ///
  /// @throws LinkMessageException when it is none
  public static List<Order> orders(LinkMessage message) throws LinkMessageException {
    List<Order> orders = new ArrayList<>();
    for (String text : message.values("probe")) {
      orders.add(Order.parse(text));
    }
    return orders;
  }

  // --- a probe ---

  /// The message that says a probe.
  public static LinkMessage of(Probe probe) {
    LinkMessage.Builder message =
        new LinkMessage.Builder()
            .add("name", escaped(probe.name()))
            .add("interval", Long.toString(probe.interval().toMillis()))
            .add("timeout", Long.toString(probe.timeout().toMillis()))
            .add("family", probe.family().name());
    switch (probe.check()) {
      case Check.Http http -> {
        message
            .add("http", escaped(http.url()))
            .add("method", http.method())
            .add("matches", escaped(http.bodyMatches()))
            .add("lacks", escaped(http.bodyLacks()))
            .add("follow", http.followRedirects() ? YES : NO)
            .add("authorities", escaped(http.authorities()));
        http.status().forEach(status -> message.add("status", Integer.toString(status)));
      }
      case Check.Tcp tcp ->
          message
              .add("tcp", escaped(tcp.host()))
              .add("port", Integer.toString(tcp.port()))
              .add("tls", tcp.tls() ? YES : NO)
              .add("send", escaped(tcp.send()))
              .add("expects", escaped(tcp.expects()))
              .add("authorities", escaped(tcp.authorities()));
      case Check.Icmp icmp -> message.add("icmp", escaped(icmp.host()));
      case Check.Dns dns ->
          message
              .add("dns", escaped(dns.name()))
              .add("type", dns.type())
              .add("server", escaped(dns.server()))
              .add("answers", escaped(dns.answers()));
    }
    return message.build();
  }

  /// Reads a probe.
  ///
  /// @throws LinkMessageException when it is none that this version can make
  public static Probe probe(LinkMessage message) throws LinkMessageException {
    try {
      Check check = check(message);
      Optional<CheckRules.Problem> problem = CheckRules.problem(check);
      if (problem.isPresent()) {
        throw new LinkMessageException(problem.get().message().en());
      }
      return new Probe(
          text(message, "name"),
          positive(message.needed("interval")),
          positive(message.needed("timeout")),
          IpFamily.valueOf(message.needed("family")),
          check);
    } catch (IllegalArgumentException e) {
      throw new LinkMessageException("this is no probe: " + e.getMessage());
    }
  }

  private static Duration positive(String millis) {
    long value = Long.parseLong(millis);
    if (value <= 0) {
      throw new IllegalArgumentException(millis + " ms are no time");
    }
    return Duration.ofMillis(value);
  }

  private static Check check(LinkMessage message) throws LinkMessageException {
    if (message.value("http").isPresent()) {
      return new Check.Http(
          text(message, "http"),
          message.needed("method"),
          message.values("status").stream().map(Integer::valueOf).toList(),
          text(message, "matches"),
          text(message, "lacks"),
          message.needed("follow").equals(YES),
          text(message, "authorities"));
    }
    if (message.value("tcp").isPresent()) {
      return new Check.Tcp(
          text(message, "tcp"),
          Integer.parseInt(message.needed("port")),
          message.needed("tls").equals(YES),
          text(message, "send"),
          text(message, "expects"),
          text(message, "authorities"));
    }
    if (message.value("icmp").isPresent()) {
      return new Check.Icmp(text(message, "icmp"));
    }
    if (message.value("dns").isPresent()) {
      return new Check.Dns(
          text(message, "dns"),
          message.needed("type"),
          text(message, "server"),
          text(message, "answers"));
    }
    throw new LinkMessageException("this agent knows no probe of this kind: it is outdated");
  }

  private static String text(LinkMessage message, String key) throws LinkMessageException {
    return unescaped(message.needed(key));
  }

  // --- what came of it ---

  /// The lines that say what came of an attempt.
  public static LinkMessage of(Told told) {
    ProbeResult result = told.result();
    ProbeFailure failure = result.failure();
    Answer answer = result.answer();
    LinkMessage.Builder message =
        new LinkMessage.Builder()
            .add("result", told.id())
            .add("time", Long.toString(result.timeMillis()))
            .add("took", Double.toString(result.seconds()));
    if (failure != null) {
      message.add("failure", failure.kind() + " " + shortened(failure.detail()));
    }
    add(message, "address", result.address());
    result.phases().forEach(phase -> message.add("phase", phase.seconds() + " " + phase.name()));
    add(message, "status", answer.status());
    add(message, "tls", answer.tls());
    add(message, "expiry", answer.certificateEndsMillis());
    answer.records().forEach(record -> message.add("record", shortened(record)));
    result.samples().forEach(sample -> message.add("sample", text(sample)));
    return message.build();
  }

  private static void add(LinkMessage.Builder message, String key, @Nullable Object value) {
    if (value != null) {
      message.add(key, shortened(value.toString()));
    }
  }

  private static String shortened(String text) {
    return escaped(text.substring(0, Math.min(LONGEST_TEXT, text.length())));
  }

  /// `0.012 probe_http_duration_seconds phase connect`.
  private static String text(Sample sample) {
    StringBuilder text = new StringBuilder();
    text.append(sample.value()).append(' ').append(sample.labels().metricName());
    for (int i = 0; i < sample.labels().size(); i++) {
      if (!sample.labels().name(i).equals(Label.METRIC_NAME)) {
        text.append(' ').append(sample.labels().name(i));
        text.append(' ').append(shortened(sample.labels().value(i)));
      }
    }
    return text.toString();
  }

  /// Reads what an agent tells.
  ///
  /// @throws LinkMessageException when it cannot be read, or is out of bounds
  public static List<Told> told(LinkMessage message) throws LinkMessageException {
    List<Told> all = new ArrayList<>();
    List<Line> lines = message.lines();
    int begin = 0;
    while (begin < lines.size()) {
      int end = begin + 1;
      while (end < lines.size() && !lines.get(end).key().equals("result")) {
        end++;
      }
      try {
        all.add(told(lines.subList(begin, end)));
      } catch (IllegalArgumentException e) {
        throw new LinkMessageException(
            "line " + (begin + 1) + " begins no result of a probe: " + e.getMessage());
      }
      begin = end;
    }
    if (all.size() > MOST_RESULTS) {
      throw new LinkMessageException("there are more than " + MOST_RESULTS + " results");
    }
    return all;
  }

  private static Told told(List<Line> lines) throws LinkMessageException {
    String id = "";
    @Nullable Long time = null;
    double took = 0;
    @Nullable ProbeFailure failure = null;
    @Nullable String address = null;
    @Nullable Integer status = null;
    @Nullable String tls = null;
    @Nullable Long expiry = null;
    List<Phase> phases = new ArrayList<>();
    List<String> records = new ArrayList<>();
    List<Sample> samples = new ArrayList<>();
    for (Line line : lines) {
      String value = line.value();
      switch (line.key()) {
        case "result" -> id = value;
        case "time" -> time = Long.valueOf(value);
        case "took" -> took = Double.parseDouble(value);
        case "failure" -> failure = failure(value);
        case "address" -> address = unescaped(value);
        case "phase" -> phases.add(phase(value));
        case "status" -> status = Integer.valueOf(value);
        case "tls" -> tls = unescaped(value);
        case "expiry" -> expiry = Long.valueOf(value);
        case "record" -> records.add(unescaped(value));
        case "sample" -> samples.add(sample(value));
        default -> {
          // A newer agent says more.
        }
      }
    }
    if (id.isEmpty() || time == null) {
      throw new LinkMessageException("a result has no probe or no time");
    }
    if (phases.size() > MOST_PHASES
        || records.size() > MOST_RECORDS
        || samples.size() > MOST_SAMPLES) {
      throw new LinkMessageException("a result has more parts than an attempt has");
    }
    return new Told(
        id,
        new ProbeResult(
            time,
            failure,
            took,
            address,
            phases,
            new Answer(status, tls, expiry, records),
            samples));
  }

  private static ProbeFailure failure(String text) {
    String[] words = text.split(" ", 2);
    return new ProbeFailure(Kind.valueOf(words[0]), words.length < 2 ? "" : unescaped(words[1]));
  }

  private static Phase phase(String text) {
    String[] words = words(text, 2);
    if (words.length > 2 || !words[1].matches("[a-z]{1,40}")) {
      throw new IllegalArgumentException("'" + text + "' is no phase");
    }
    return new Phase(words[1], Double.parseDouble(words[0]));
  }

  private static Sample sample(String text) {
    String[] words = words(text, 2);
    double value = Double.parseDouble(words[0]);
    if (!METRIC.matcher(words[1]).matches()) {
      throw new IllegalArgumentException("'" + words[1] + "' is no metric of a probe");
    }
    if (words.length == 2) {
      return new Sample(Labels.of(Label.METRIC_NAME, words[1]), value);
    }
    String[] label = words(words[2], 2);
    if (!LABEL.matcher(label[0]).matches()) {
      throw new IllegalArgumentException("'" + label[0] + "' is no label of a probe's metric");
    }
    return new Sample(
        Labels.of(Label.METRIC_NAME, words[1], label[0], unescaped(words[2].split(" ", 2)[1])),
        value);
  }

  /// Up to three words; the last one is the rest of the text.
  private static String[] words(String text, int least) {
    String[] words = text.split(" ", 3);
    if (words.length < least) {
      throw new IllegalArgumentException("'" + text + "' is too short");
    }
    return words;
  }

  // --- texts within a line ---

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> {
          if (c < ' ' || c == 127) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.toString();
  }

  private static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      i++;
      char kind = i < text.length() ? text.charAt(i) : ' ';
      switch (kind) {
        case '\\' -> out.append('\\');
        case 'n' -> out.append('\n');
        case 'u' -> {
          if (i + 4 >= text.length()) {
            throw new IllegalArgumentException("a text ends within an escape");
          }
          out.append((char) Integer.parseInt(text, i + 1, i + 5, 16));
          i += 4;
        }
        default -> throw new IllegalArgumentException("'\\" + kind + "' is no escape");
      }
    }
    return out.toString();
  }
}
