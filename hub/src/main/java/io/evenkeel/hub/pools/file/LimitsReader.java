package io.evenkeel.hub.pools.file;

import io.evenkeel.gateway.config.Limits;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// Reads a gateway's `limits`.
final class LimitsReader {
  private LimitsReader() {}

  static Limits read(GatewayFields gateway) {
    return gateway.group("limits", Limits.USUAL, LimitsReader::limits);
  }

  private static Limits limits(GatewayFields in) {
    Limits usual = Limits.USUAL;
    Function<String, Optional<Duration>> time = Parsers.duration(0.1, 86_400);
    Function<String, Optional<Integer>> size = Parsers.bytes(1024, 1 << 20);
    Function<String, Optional<Integer>> many = Parsers.number(1, 10_000_000);
    return new Limits(
        in.value("requestLine", usual.requestLineBytes(), size, "a size from 1KiB to 1MiB"),
        in.value("header", usual.headerBytes(), size, "a size from 1KiB to 1MiB"),
        in.value("headerFields", usual.headerCount(), Parsers.number(10, 10_000), "10 to 10000"),
        in.value("headerTimeout", usual.headerTimeout(), time, "100ms to 1d"),
        in.value("bodyTimeout", usual.bodyTimeout(), time, "100ms to 1d"),
        in.value("idleTimeout", usual.idleTimeout(), time, "100ms to 1d"),
        in.value("connections", usual.connections(), many, "1 to 10000000"),
        in.value("connectionsPerAddress", usual.connectionsPerAddress(), many, "1 to 10000000"),
        in.value("http2Streams", usual.http2Streams(), Parsers.number(1, 100_000), "1 to 100000"),
        in.value("http2Resets", usual.http2Resets(), Parsers.number(1, 1_000_000), "1 to 1000000"));
  }
}
