package io.evenkeel.hub.pools.file;

import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.BackendProtocol;
import io.evenkeel.gateway.config.HealthCheck;
import io.evenkeel.gateway.config.ListenerConfig;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.policy.Policies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads a gateway's `pools`, one after another. Used once.
final class PoolReader {
  private final List<ListenerConfig> listeners;
  private final Map<String, Integer> lines = new HashMap<>();

  /// @param listeners the gateway's own, which no backend may be
  PoolReader(List<ListenerConfig> listeners) {
    this.listeners = listeners;
  }

  /// The names of the pools that were read.
  Set<String> names() {
    return lines.keySet();
  }

  Optional<PoolConfig> read(GatewayFields in) {
    Optional<String> name = in.required("name", Parsers::word, "a name");
    name.ifPresent(own -> {
      Integer first = lines.putIfAbsent(own, in.line("name"));
      if (first != null) {
        in.problemOf(
            "name", "pool '" + own + "' is there a second time; the first is in line " + first);
      }
    });
    PoolConfig.Spread spread = spread(in);
    BackendProtocol protocol = protocol(in);
    BackendReader backendReader = new BackendReader(listeners);
    List<BackendConfig> backends = new ArrayList<>();
    in.each("backends", "a backend", one -> backendReader.read(one).ifPresent(backends::add));
    if (!in.has("backends")) {
      in.problem("a pool needs 'backends'");
    }
    PoolConfig.Health health = health(in);
    PoolConfig.Timeouts timeouts =
        in.group("timeouts", PoolConfig.Timeouts.USUAL, PoolReader::timeouts);
    PoolConfig.Retry retry = in.group("retry", PoolConfig.Retry.USUAL, PoolReader::retry);
    PoolConfig.Load load =
        new PoolConfig.Load(
            in.value(
                "maxConcurrent", 0, Parsers.number(0, 1_000_000), "a number; 0 means no limit"),
            in.group("queue", PoolConfig.Queue.USUAL, PoolReader::queue));
    List<String> trailers =
        in.values("trailers", PoolReader::trailer, "the name of a trailer field");
    Set<String> passed = in.has("trailers") ? Set.copyOf(trailers) : PoolConfig.USUAL_TRAILERS;
    return name.map(own ->
        new PoolConfig(own, spread, protocol, backends, health, timeouts, retry, load, passed));
  }

  private static Optional<String> trailer(String text) {
    return Optional.of(text.toLowerCase(Locale.ROOT)).filter(name -> name.matches("[a-z0-9-]+"));
  }

  private static PoolConfig.Spread spread(GatewayFields in) {
    String policy =
        in.value(
            "policy",
            "least-requests",
            text -> Optional.of(text).filter(Policies.BY_NAME::containsKey),
            "one of " + String.join(", ", Policies.BY_NAME.keySet()));
    PoolConfig.HashOn hashOn =
        in.value(
            "hashOn",
            new PoolConfig.HashOn.ClientAddress(),
            PoolReader::hashOn,
            "'client', 'header:NAME' or 'cookie:NAME'");
    boolean followHealth = in.value("followHealth", false, Parsers::yesNo, "true or false");
    if (followHealth && policy.equals("round-robin")) {
      in.problemOf(
          "followHealth",
          "'followHealth' needs a policy that looks at weights, such as weighted-round-robin");
    }
    return new PoolConfig.Spread(policy, hashOn, followHealth);
  }

  private static Optional<PoolConfig.HashOn> hashOn(String text) {
    if (text.equals("client")) {
      return Optional.of(new PoolConfig.HashOn.ClientAddress());
    }
    int colon = text.indexOf(':');
    String name = text.substring(colon + 1);
    if (colon < 0 || !name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      return Optional.empty();
    }
    return switch (text.substring(0, colon)) {
      case "header" -> Optional.of(new PoolConfig.HashOn.Header(name));
      case "cookie" -> Optional.of(new PoolConfig.HashOn.Cookie(name));
      default -> Optional.empty();
    };
  }

  private static BackendProtocol protocol(GatewayFields in) {
    String text =
        in.value(
            "protocol",
            "http1",
            word -> Optional.of(word).filter(Set.of("http1", "h2c", "https", "h2")::contains),
            "http1, h2c, https (HTTP/1.1 over TLS) or h2 (HTTP/2 over TLS)");
    boolean secure = text.equals("https") || text.equals("h2");
    BackendProtocol.Tls tls =
        in.group(
            "tls",
            new BackendProtocol.Tls(Optional.empty(), Optional.empty()),
            PoolReader::backendTls);
    if (in.has("tls") && !secure) {
      in.problemOf("tls", "'tls' needs 'protocol: https' or 'protocol: h2'");
    }
    return new BackendProtocol(text.startsWith("h2"), secure ? Optional.of(tls) : Optional.empty());
  }

  private static BackendProtocol.Tls backendTls(GatewayFields in) {
    return new BackendProtocol.Tls(
        in.optional("authorities", Parsers::readableFile, "a PEM file that can be read"),
        in.optional("serverName", Parsers::word, "a name"));
  }

  private static PoolConfig.Health health(GatewayFields in) {
    Duration slowStart = PoolConfig.Health.USUAL.slowStart();
    return new PoolConfig.Health(
        in.group("check", Optional.empty(), group -> Optional.of(check(group))),
        in.value("ejection", true, Parsers::yesNo, "true or false"),
        in.value("slowStart", slowStart, Parsers.duration(0, 3600), "up to 1h"));
  }

  private static HealthCheck check(GatewayFields in) {
    Optional<String> path =
        in.optional(
            "http",
            text -> Optional.of(text).filter(p -> p.matches("/[\\x21-\\x7e]*")),
            "a path such as /healthz");
    boolean tcp = in.value("tcp", false, Parsers::yesNo, "true or false");
    if (path.isPresent() == tcp) {
      in.problem("'check' needs either 'http' or 'tcp: true'");
    }
    HealthCheck usual = HealthCheck.http("/");
    return new HealthCheck(
        path.<HealthCheck.Kind>map(HealthCheck.Kind.Http::new).orElseGet(HealthCheck.Kind.Tcp::new),
        in.value("interval", usual.interval(), Parsers.duration(0.1, 3600), "100ms to 1h"),
        in.value("timeout", usual.timeout(), Parsers.duration(0.01, 60), "10ms to 60s"),
        in.value("fall", usual.fall(), Parsers.number(1, 100), "a number from 1 to 100"),
        in.value("rise", usual.rise(), Parsers.number(1, 100), "a number from 1 to 100"));
  }

  private static PoolConfig.Timeouts timeouts(GatewayFields in) {
    PoolConfig.Timeouts usual = PoolConfig.Timeouts.USUAL;
    Function<String, Optional<Duration>> any = Parsers.duration(0.01, 86_400);
    return new PoolConfig.Timeouts(
        in.value("connect", usual.connect(), Parsers.duration(0.01, 60), "10ms to 60s"),
        in.value("response", usual.response(), any, "10ms to 1d"),
        in.value("request", usual.request(), any, "10ms to 1d"),
        in.value("idleUpstream", usual.idleUpstream(), any, "10ms to 1d"));
  }

  private static PoolConfig.Retry retry(GatewayFields in) {
    PoolConfig.Retry usual = PoolConfig.Retry.USUAL;
    return new PoolConfig.Retry(
        in.value("attempts", usual.attempts(), Parsers.number(1, 10), "a number from 1 to 10"),
        Set.copyOf(in.values("statuses", Parsers.number(500, 599), "a status from 500 to 599")),
        in.value("body", usual.bodyBytes(), Parsers.bytes(0, 1 << 24), "up to 16MiB"));
  }

  private static PoolConfig.Queue queue(GatewayFields in) {
    PoolConfig.Queue usual = PoolConfig.Queue.USUAL;
    return new PoolConfig.Queue(
        in.value("length", usual.length(), Parsers.number(0, 1_000_000), "a number"),
        in.value("within", usual.within(), Parsers.duration(0.01, 60), "10ms to 60s"));
  }
}
