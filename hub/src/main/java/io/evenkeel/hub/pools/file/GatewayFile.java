package io.evenkeel.hub.pools.file;

import io.evenkeel.gateway.config.EventIo;
import io.evenkeel.gateway.config.GatewayConfig;
import io.evenkeel.gateway.config.Leaving;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.config.RouteConfig;
import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.config.ConfigText;
import io.evenkeel.hub.yaml.YamlDocument;
import io.evenkeel.hub.yaml.YamlFields;
import io.evenkeel.hub.yaml.YamlProblem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a gateway's YAML file: everything that is wrong is told together, each with its line, and
/// nothing of a wrong file is used. Used once.
public final class GatewayFile {
  private static final Duration STOP_WITHIN = Duration.ofSeconds(30);

  private @Nullable GatewayConfig config;

  private final Place reader;

  private GatewayFile(Place reader) {
    this.reader = reader;
  }

  /// Reads a file.
  ///
  /// @throws ConfigException with everything that is wrong
  public static GatewayConfig read(Path file) throws ConfigException {
    return parse(file.toString(), ConfigText.of(file));
  }

  /// Reads a text.
  ///
  /// @param name what messages call it
  /// @throws ConfigException with everything that is wrong
  public static GatewayConfig parse(String name, String text) throws ConfigException {
    return parse(name, text, Place.EVERYWHERE);
  }

  /// Reads a text that is for several gateways.
  ///
  /// @param name what messages call it
  /// @param reader whose listeners are wanted
  /// @throws ConfigException with everything that is wrong
  public static GatewayConfig parse(String name, String text, Place reader) throws ConfigException {
    GatewayFile file = new GatewayFile(reader);
    List<YamlProblem> problems = YamlDocument.read(text, file::gateway);
    GatewayConfig read = file.config;
    if (problems.isEmpty() && read == null) {
      problems =
          List.of(
              new YamlProblem(
                  1, 1, "it is empty: a gateway needs 'listeners', 'routes' and 'pools'"));
    }
    if (!problems.isEmpty() || read == null) {
      throw new ConfigException(
          problems.stream()
              .map(problem -> name + ", line " + problem.line() + ": " + problem.message())
              .distinct()
              .toList());
    }
    return read;
  }

  private void gateway(YamlFields fields) {
    GatewayFields in = new GatewayFields(fields, "a gateway");
    List<ListenerReader.Read> all = new ArrayList<>();
    in.each("listeners", "a listener", one -> ListenerReader.read(one, reader).ifPresent(all::add));
    PoolReader poolReader =
        new PoolReader(all.stream().map(ListenerReader.Read::listener).toList());
    List<PoolConfig> pools = new ArrayList<>();
    in.each("pools", "a pool", one -> poolReader.read(one).ifPresent(pools::add));
    RouteReader routeReader = new RouteReader(poolReader.names());
    List<RouteConfig> routes = new ArrayList<>();
    in.each("routes", "a route", one -> routeReader.read(one).ifPresent(routes::add));
    for (String needed : List.of("listeners", "routes", "pools")) {
      if (!in.has(needed)) {
        in.problem("a gateway needs '" + needed + "'");
      }
    }
    config =
        new GatewayConfig(
            all.stream()
                .filter(ListenerReader.Read::isHere)
                .map(ListenerReader.Read::listener)
                .toList(),
            routes,
            pools,
            LimitsReader.read(in),
            in.optional("accessLog", Parsers::path, "a file to write to"),
            in.optional("adminPort", Parsers.number(1, 65_535), "a port from 1 to 65535"),
            new Leaving(
                in.optional("healthPath", Parsers::plainPath, "a path such as /-/gateway"),
                in.value(
                    "lameDuck", Duration.ZERO, Parsers.duration(0, 600), "a duration up to 10m"),
                in.value(
                    "stopWithin", STOP_WITHIN, Parsers.duration(0, 3600), "a duration up to 1h")),
            in.value("workers", 0, Parsers.number(0, 256), "a number from 0 to 256"),
            in.value("io", EventIo.AUTO, Parsers::io, "auto, io_uring, epoll or nio"));
  }
}
