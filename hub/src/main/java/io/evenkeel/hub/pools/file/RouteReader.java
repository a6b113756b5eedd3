package io.evenkeel.hub.pools.file;

import io.evenkeel.gateway.config.RouteConfig;
import io.evenkeel.hub.yaml.NearestWord;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Reads one of a gateway's `routes`.
///
/// @param pools the names of the pools there are
record RouteReader(Set<String> pools) {
  Optional<RouteConfig> read(GatewayFields in) {
    Optional<String> pool = in.required("pool", Parsers::word, "the name of a pool");
    pool.filter(named -> !pools.contains(named))
        .ifPresent(unknown ->
            in.problemOf(
                "pool",
                "there is no pool '"
                    + unknown
                    + "'"
                    + NearestWord.of(unknown, pools)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("")));
    List<String> hosts = in.values("hosts", RouteReader::host, "a host name or '*.' and one");
    String path = in.value("path", "/", RouteReader::path, "a path such as /api, without escapes");
    String name = in.value("name", pool.orElse("") + path, Parsers::word, "a name");
    Optional<RouteConfig.Rate> rate = in.group("rate", Optional.empty(), RouteReader::rate);
    boolean compress = in.value("compress", false, Parsers::yesNo, "true or false");
    Optional<RouteConfig.Cache> cache =
        in.group("cache", Optional.empty(), group -> Optional.of(cache(group)));
    return pool.map(p -> new RouteConfig(name, hosts, path, p, rate, compress, cache));
  }

  private static Optional<String> host(String text) {
    return Optional.of(text.toLowerCase(Locale.ROOT))
        .filter(host -> host.matches("(\\*\\.)?[a-z0-9._-]+|\\[[0-9a-f:.]+]"));
  }

  private static Optional<String> path(String text) {
    return Optional.of(text).filter(path -> path.matches("/[\\x21-\\x7e&&[^?#%\\\\]]*"));
  }

  private static Optional<RouteConfig.Rate> rate(GatewayFields in) {
    Optional<Double> perSecond =
        in.required(
            "perSecond", Parsers.decimal(0.001, 1_000_000), "requests a second of one client");
    int burst =
        in.value(
            "burst",
            (int) Math.max(1, Math.ceil(perSecond.orElse(1.0))),
            Parsers.number(1, 1_000_000),
            "a number from 1 to 1000000");
    return perSecond.map(p -> new RouteConfig.Rate(p, burst));
  }

  private static RouteConfig.Cache cache(GatewayFields in) {
    return new RouteConfig.Cache(
        in.value("size", 64L << 20, Parsers.manyBytes(1 << 20, 1L << 40), "a size from 1MiB"),
        in.value("largest", 1 << 20, Parsers.bytes(1024, 1 << 28), "a size from 1KiB to 256MiB"),
        in.value("keep", Duration.ZERO, Parsers.duration(0, 86_400), "up to 1d"));
  }
}
