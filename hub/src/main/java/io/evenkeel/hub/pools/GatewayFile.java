package io.evenkeel.hub.pools;

import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.BackendProtocol;
import io.evenkeel.gateway.config.EventIo;
import io.evenkeel.gateway.config.GatewayConfig;
import io.evenkeel.gateway.config.HealthCheck;
import io.evenkeel.gateway.config.Limits;
import io.evenkeel.gateway.config.ListenerConfig;
import io.evenkeel.gateway.config.Network;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.config.RouteConfig;
import io.evenkeel.gateway.config.TlsConfig;
import io.evenkeel.gateway.policy.Policies;
import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.config.NearestWord;
import io.evenkeel.hub.config.Quantities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/// Reads a gateway's YAML file: everything that is wrong is told together, each with its line, and
/// nothing of a wrong file is used.
public final class GatewayFile {
  private static final Duration STOP_WITHIN = Duration.ofSeconds(30);

  private final List<String> problems = new ArrayList<>();

  private GatewayFile() {}

  /// Reads a file.
  ///
  /// @throws ConfigException with everything that is wrong
  public static GatewayConfig read(Path file) throws ConfigException {
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ConfigException(List.of(file + ": it is not UTF-8 text"));
    } catch (IOException e) {
      throw new ConfigException(List.of(file + ": it cannot be read: " + e.getMessage()));
    }
    return parse(file.toString(), text);
  }

  /// Reads a text.
  ///
  /// @param name what messages call it
  /// @throws ConfigException with everything that is wrong
  public static GatewayConfig parse(String name, String text) throws ConfigException {
    GatewayFile file = new GatewayFile();
    YamlNode.Group root = YamlNode.parse(text, file.problems);
    GatewayConfig config = file.gateway(new YamlReader(root, "a gateway", file.problems));
    if (!file.problems.isEmpty()) {
      throw new ConfigException(
          file.problems.stream().distinct().map(problem -> name + ", " + problem).toList());
    }
    return config;
  }

  private GatewayConfig gateway(YamlReader root) {
    List<ListenerConfig> listeners = new ArrayList<>();
    for (YamlReader listener : root.groups("listeners", "a listener")) {
      listener(listener).ifPresent(listeners::add);
    }
    List<PoolConfig> pools = new ArrayList<>();
    Map<String, Integer> names = new HashMap<>();
    for (YamlReader pool : root.groups("pools", "a pool")) {
      pool(pool, names, listeners).ifPresent(pools::add);
    }
    List<RouteConfig> routes = new ArrayList<>();
    for (YamlReader route : root.groups("routes", "a route")) {
      route(route, names.keySet()).ifPresent(routes::add);
    }
    for (String needed : List.of("listeners", "routes", "pools")) {
      if (!root.has(needed)) {
        root.problem(1, "a gateway needs '" + needed + "'");
      }
    }
    Limits limits = limits(root);
    Optional<Path> accessLog = root.optional("accessLog", GatewayFile::path, "a file to write to");
    Optional<Integer> admin =
        root.optional("adminPort", number(1, 65_535), "a port from 1 to 65535");
    Duration stop = root.value("stopWithin", STOP_WITHIN, duration(0, 3600), "a duration up to 1h");
    int workers = root.value("workers", 0, number(0, 256), "a number from 0 to 256");
    EventIo io = root.value("io", EventIo.AUTO, GatewayFile::io, "auto, io_uring, epoll or nio");
    root.end();
    return new GatewayConfig(listeners, routes, pools, limits, accessLog, admin, stop, workers, io);
  }

  private Optional<ListenerConfig> listener(YamlReader in) {
    Optional<InetSocketAddress> address =
        in.required("address", GatewayFile::address, "an address and port, as 0.0.0.0:8080");
    String name =
        in.value(
            "name",
            address.map(a -> a.getHostString() + ":" + a.getPort()).orElse(""),
            GatewayFile::word,
            "a name");
    boolean proxy = in.value("proxyProtocol", false, GatewayFile::yesNo, "true or false");
    List<Network> trusted = in.values("trusted", Network::parse, "a network such as 10.0.0.0/8");
    if (proxy && trusted.isEmpty()) {
      in.problem(
          in.line("proxyProtocol"),
          "'proxyProtocol' needs 'trusted': the networks whose headers are believed");
    }
    Optional<TlsConfig> tls = in.group("tls").flatMap(this::tls);
    in.end();
    return address.map(a -> new ListenerConfig(name, a, tls, proxy, trusted));
  }

  private Optional<TlsConfig> tls(YamlReader in) {
    List<TlsConfig.CertificateFiles> certificates = new ArrayList<>();
    Function<String, Optional<Path>> readable = text -> path(text).filter(Files::isReadable);
    for (YamlReader certificate : in.groups("certificates", "a certificate")) {
      Optional<Path> chain = certificate.required("chain", readable, "a PEM file that can be read");
      Optional<Path> key = certificate.required("key", readable, "a PEM file that can be read");
      certificate.end();
      chain
          .flatMap(c -> key.map(k -> new TlsConfig.CertificateFiles(c, k)))
          .ifPresent(certificates::add);
    }
    boolean http2 = in.value("http2", true, GatewayFile::yesNo, "true or false");
    if (!in.has("certificates")) {
      in.problem(in.line("certificates"), "'tls' needs 'certificates'");
    }
    in.end();
    return certificates.isEmpty()
        ? Optional.empty()
        : Optional.of(new TlsConfig(certificates, http2));
  }

  private Optional<RouteConfig> route(YamlReader in, Set<String> pools) {
    Optional<String> pool = in.required("pool", GatewayFile::word, "the name of a pool");
    pool.filter(named -> !pools.contains(named))
        .ifPresent(unknown ->
            in.problem(
                in.line("pool"),
                "there is no pool '"
                    + unknown
                    + "'"
                    + NearestWord.of(unknown, pools)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("")));
    List<String> hosts =
        in.values(
            "hosts",
            text ->
                Optional.of(text.toLowerCase(Locale.ROOT))
                    .filter(host -> host.matches("(\\*\\.)?[a-z0-9._-]+|\\[[0-9a-f:.]+]")),
            "a host name or '*.' and one");
    String path =
        in.value(
            "path",
            "/",
            text -> Optional.of(text).filter(p -> p.matches("/[\\x21-\\x7e&&[^?#%\\\\]]*")),
            "a path such as /api, without escapes");
    String name = in.value("name", pool.orElse("") + path, GatewayFile::word, "a name");
    Optional<RouteConfig.Rate> rate =
        in.group("rate")
            .flatMap(r -> {
              Optional<Double> perSecond =
                  r.required(
                      "perSecond", decimal(0.001, 1_000_000), "requests a second of one client");
              int burst =
                  r.value(
                      "burst",
                      (int) Math.max(1, Math.ceil(perSecond.orElse(1.0))),
                      number(1, 1_000_000),
                      "a number from 1 to 1000000");
              r.end();
              return perSecond.map(p -> new RouteConfig.Rate(p, burst));
            });
    boolean compress = in.value("compress", false, GatewayFile::yesNo, "true or false");
    Optional<RouteConfig.Cache> cache =
        in.group("cache")
            .map(c -> {
              long size = c.value("size", 64L << 20, bytes(1 << 20, 1L << 40), "a size");
              int largest =
                  Math.toIntExact(c.value("largest", 1L << 20, bytes(1024, 1 << 28), "a size"));
              Duration keep = c.value("keep", Duration.ZERO, duration(0, 86_400), "up to 1d");
              c.end();
              return new RouteConfig.Cache(size, largest, keep);
            });
    in.end();
    return pool.map(p -> new RouteConfig(name, hosts, path, p, rate, compress, cache));
  }

  private Optional<PoolConfig> pool(
      YamlReader in, Map<String, Integer> names, List<ListenerConfig> listeners) {
    Optional<String> name = in.required("name", GatewayFile::word, "a name");
    name.ifPresent(own -> {
      Integer first = names.putIfAbsent(own, in.line("name"));
      if (first != null) {
        in.problem(
            in.line("name"),
            "pool '" + own + "' is there a second time; the first is in line " + first);
      }
    });
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
            GatewayFile::hashOn,
            "'client', 'header:NAME' or 'cookie:NAME'");
    BackendProtocol protocol = protocol(in);
    List<BackendConfig> backends = new ArrayList<>();
    Set<String> backendNames = new LinkedHashSet<>();
    for (YamlReader backend : in.groups("backends", "a backend")) {
      backend(backend, backendNames, listeners).ifPresent(backends::add);
    }
    if (!in.has("backends")) {
      in.problem(in.line("backends"), "a pool needs 'backends'");
    }
    Optional<HealthCheck> check = in.group("check").map(this::check);
    boolean ejection = in.value("ejection", true, GatewayFile::yesNo, "true or false");
    Duration slowStart =
        in.value("slowStart", Duration.ofSeconds(10), duration(0, 3600), "up to 1h");
    PoolConfig.Timeouts timeouts =
        in.group("timeouts").map(this::timeouts).orElse(PoolConfig.Timeouts.USUAL);
    PoolConfig.Retry retry = in.group("retry").map(this::retry).orElse(PoolConfig.Retry.USUAL);
    int most = in.value("maxConcurrent", 0, number(0, 1_000_000), "a number; 0 means no limit");
    PoolConfig.Queue queue = in.group("queue").map(this::queue).orElse(PoolConfig.Queue.USUAL);
    Set<String> trailers =
        in.has("trailers")
            ? Set.copyOf(
                in.values(
                    "trailers",
                    text ->
                        Optional.of(text.toLowerCase(Locale.ROOT))
                            .filter(t -> t.matches("[a-z0-9-]+")),
                    "the name of a trailer field"))
            : PoolConfig.USUAL_TRAILERS;
    boolean followHealth = in.value("followHealth", false, GatewayFile::yesNo, "true or false");
    in.values("trailers", Optional::of, "");
    if (followHealth && policy.equals("round-robin")) {
      in.problem(
          in.line("followHealth"),
          "'followHealth' needs a policy that looks at weights, such as weighted-round-robin");
    }
    in.end();
    return name.map(own ->
        new PoolConfig(
            own,
            policy,
            hashOn,
            protocol,
            backends,
            check,
            ejection,
            slowStart,
            timeouts,
            retry,
            most,
            queue,
            trailers,
            followHealth));
  }

  private static BackendProtocol protocol(YamlReader in) {
    String text =
        in.value(
            "protocol",
            "http1",
            word -> Optional.of(word).filter(Set.of("http1", "h2c", "https", "h2")::contains),
            "http1, h2c, https (HTTP/1.1 over TLS) or h2 (HTTP/2 over TLS)");
    boolean secure = text.equals("https") || text.equals("h2");
    Optional<BackendProtocol.Tls> tls = in.group("tls").map(GatewayFile::backendTls);
    if (tls.isPresent() && !secure) {
      in.problem(in.line("tls"), "'tls' needs 'protocol: https' or 'protocol: h2'");
    }
    return new BackendProtocol(
        text.startsWith("h2"),
        secure
            ? tls.or(() -> Optional.of(new BackendProtocol.Tls(Optional.empty(), Optional.empty())))
            : Optional.empty());
  }

  private static BackendProtocol.Tls backendTls(YamlReader in) {
    BackendProtocol.Tls tls =
        new BackendProtocol.Tls(
            in.optional(
                "authorities",
                text -> path(text).filter(Files::isReadable),
                "a PEM file that can be read"),
            in.optional("serverName", GatewayFile::word, "a name"));
    in.end();
    return tls;
  }

  private Optional<BackendConfig> backend(
      YamlReader in, Set<String> names, List<ListenerConfig> listeners) {
    Optional<InetSocketAddress> address =
        in.required("address", GatewayFile::address, "an address and port, as 10.0.0.1:8080");
    String name =
        in.value(
            "name",
            address.map(a -> a.getHostString() + ":" + a.getPort()).orElse(""),
            GatewayFile::word,
            "a name");
    if (!names.add(name)) {
      in.problem(in.line("name"), "backend '" + name + "' is there a second time");
    }
    address.ifPresent(a -> {
      if (isForbidden(a.getAddress())) {
        in.problem(
            in.line("address"),
            a.getHostString() + " is a link-local, metadata or wildcard address");
      }
      for (ListenerConfig listener : listeners) {
        if (isSame(a, listener.address())) {
          in.problem(
              in.line("address"),
              "the backend is this gateway's own listener '"
                  + listener.name()
                  + "': requests would go round in a loop");
        }
      }
    });
    double weight = in.value("weight", 1.0, decimal(0, 1000), "a number from 0 to 1000");
    Optional<String> host = in.optional("host", GatewayFile::word, "the name of a monitored host");
    in.end();
    return address.map(a -> new BackendConfig(name, a, weight, host));
  }

  /// Nobody balances load over these, but a request sent there could read a cloud's secrets.
  private static boolean isForbidden(InetAddress address) {
    return address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || address.getHostAddress().equals("fd00:ec2:0:0:0:0:0:254");
  }

  private static boolean isSame(InetSocketAddress backend, InetSocketAddress listener) {
    return backend.getPort() == listener.getPort()
        && (listener.getAddress().isAnyLocalAddress()
            ? backend.getAddress().isLoopbackAddress()
            : backend.getAddress().equals(listener.getAddress()));
  }

  private HealthCheck check(YamlReader in) {
    Optional<String> path =
        in.optional(
            "http",
            text -> Optional.of(text).filter(p -> p.matches("/[\\x21-\\x7e]*")),
            "a path such as /healthz");
    boolean tcp = in.value("tcp", false, GatewayFile::yesNo, "true or false");
    if (path.isPresent() == tcp) {
      in.problem(in.line("http"), "'check' needs either 'http' or 'tcp: true'");
    }
    HealthCheck usual = HealthCheck.http("/");
    Duration interval = in.value("interval", usual.interval(), duration(0.1, 3600), "100ms to 1h");
    Duration timeout = in.value("timeout", usual.timeout(), duration(0.01, 60), "10ms to 60s");
    int fall = in.value("fall", usual.fall(), number(1, 100), "a number from 1 to 100");
    int rise = in.value("rise", usual.rise(), number(1, 100), "a number from 1 to 100");
    in.end();
    return new HealthCheck(
        path.<HealthCheck.Kind>map(HealthCheck.Kind.Http::new).orElseGet(HealthCheck.Kind.Tcp::new),
        interval,
        timeout,
        fall,
        rise);
  }

  private PoolConfig.Timeouts timeouts(YamlReader in) {
    PoolConfig.Timeouts usual = PoolConfig.Timeouts.USUAL;
    Function<String, Optional<Duration>> any = duration(0.01, 86_400);
    PoolConfig.Timeouts timeouts =
        new PoolConfig.Timeouts(
            in.value("connect", usual.connect(), duration(0.01, 60), "10ms to 60s"),
            in.value("response", usual.response(), any, "10ms to 1d"),
            in.value("request", usual.request(), any, "10ms to 1d"),
            in.value("idleUpstream", usual.idleUpstream(), any, "10ms to 1d"));
    in.end();
    return timeouts;
  }

  private PoolConfig.Retry retry(YamlReader in) {
    PoolConfig.Retry usual = PoolConfig.Retry.USUAL;
    PoolConfig.Retry retry =
        new PoolConfig.Retry(
            in.value("attempts", usual.attempts(), number(1, 10), "a number from 1 to 10"),
            Set.copyOf(in.values("statuses", number(500, 599), "a status from 500 to 599")),
            Math.toIntExact(
                in.value("body", (long) usual.bodyBytes(), bytes(0, 1 << 24), "up to 16MiB")));
    in.end();
    return retry;
  }

  private PoolConfig.Queue queue(YamlReader in) {
    PoolConfig.Queue usual = PoolConfig.Queue.USUAL;
    PoolConfig.Queue queue =
        new PoolConfig.Queue(
            in.value("length", usual.length(), number(0, 1_000_000), "a number"),
            in.value("within", usual.within(), duration(0.01, 60), "10ms to 60s"));
    in.end();
    return queue;
  }

  private Limits limits(YamlReader root) {
    Optional<YamlReader> group = root.group("limits");
    if (group.isEmpty()) {
      return Limits.USUAL;
    }
    YamlReader in = group.get();
    Limits usual = Limits.USUAL;
    Function<String, Optional<Duration>> any = duration(0.1, 86_400);
    Function<String, Optional<Long>> size = bytes(1024, 1 << 20);
    Limits limits =
        new Limits(
            (int) (long) in.value("requestLine", (long) usual.requestLineBytes(), size, "a size"),
            (int) (long) in.value("header", (long) usual.headerBytes(), size, "a size"),
            in.value("headerFields", usual.headerCount(), number(10, 10_000), "a number"),
            in.value("headerTimeout", usual.headerTimeout(), any, "a duration"),
            in.value("bodyTimeout", usual.bodyTimeout(), any, "a duration"),
            in.value("idleTimeout", usual.idleTimeout(), any, "a duration"),
            in.value("connections", usual.connections(), number(1, 10_000_000), "a number"),
            in.value(
                "connectionsPerAddress",
                usual.connectionsPerAddress(),
                number(1, 10_000_000),
                "a number"),
            in.value("http2Streams", usual.http2Streams(), number(1, 100_000), "a number"),
            in.value("http2Resets", usual.http2Resets(), number(1, 1_000_000), "a number"));
    in.end();
    return limits;
  }

  private static Optional<String> word(String text) {
    return Optional.of(text).filter(t -> t.matches("[\\x21-\\x7e\\x{80}-\\x{10ffff}]{1,128}"));
  }

  private static Optional<EventIo> io(String text) {
    return Arrays.stream(EventIo.values())
        .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst();
  }

  private static Optional<Boolean> yesNo(String text) {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  private static Optional<Path> path(String text) {
    try {
      return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
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

  /// An address is looked up once, here: a name that changes later changes nothing.
  private static Optional<InetSocketAddress> address(String text) {
    int colon = text.lastIndexOf(':');
    OptionalInt port =
        colon >= 0 && text.substring(colon + 1).matches("\\d{1,5}")
            ? OptionalInt.of(Integer.parseInt(text.substring(colon + 1)))
            : OptionalInt.empty();
    if (colon <= 0 || port.isEmpty() || port.getAsInt() > 65_535) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      return Optional.of(new InetSocketAddress(InetAddress.getByName(host), port.getAsInt()));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static Function<String, Optional<Integer>> number(int least, int most) {
    return text ->
        text.matches("\\d{1,9}")
            ? Optional.of(Integer.parseInt(text)).filter(n -> n >= least && n <= most)
            : Optional.empty();
  }

  private static Function<String, Optional<Double>> decimal(double least, double most) {
    return text ->
        text.matches("\\d{1,7}(\\.\\d{1,6})?")
            ? Optional.of(Double.parseDouble(text)).filter(n -> n >= least && n <= most)
            : Optional.empty();
  }

  private static Function<String, Optional<Duration>> duration(
      double leastSeconds, double mostSeconds) {
    return text ->
        Quantities.duration(text)
            .filter(d -> d.toMillis() >= leastSeconds * 1000 && d.toMillis() <= mostSeconds * 1000);
  }

  private static Function<String, Optional<Long>> bytes(long least, long most) {
    return text -> Quantities.bytes(text).filter(n -> n >= least && n <= most);
  }
}
