package io.evenkeel.hub.pools.file;

import io.evenkeel.gateway.config.EventIo;
import io.evenkeel.hub.config.Quantities;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// From the text of one value to its type; nothing when it is not one.
final class Parsers {
  private Parsers() {}

  /// A name: up to 128 characters without white space.
  static Optional<String> word(String text) {
    return Optional.of(text).filter(t -> t.matches("[\\x21-\\x7e\\x{80}-\\x{10ffff}]{1,128}"));
  }

  static Optional<Boolean> yesNo(String text) {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  static Optional<EventIo> io(String text) {
    return Arrays.stream(EventIo.values())
        .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst();
  }

  static Optional<Path> path(String text) {
    try {
      return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// A path of a URL in normal form, without escapes.
  static Optional<String> plainPath(String text) {
    return Optional.of(text).filter(t -> t.matches("/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/?){1,16}"));
  }

  /// A file that is there and may be read.
  static Optional<Path> readableFile(String text) {
    return path(text).filter(Files::isReadable);
  }

  /// An address and port. A name is looked up once, here: what it means later changes nothing.
  static Optional<InetSocketAddress> address(String text) {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon <= 0 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
      return Optional.empty();
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      return Optional.of(
          new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(port)));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  static Function<String, Optional<Integer>> number(int least, int most) {
    return text ->
        text.matches("\\d{1,9}")
            ? Optional.of(Integer.parseInt(text)).filter(n -> n >= least && n <= most)
            : Optional.empty();
  }

  static Function<String, Optional<Double>> decimal(double least, double most) {
    return text ->
        text.matches("\\d{1,7}(\\.\\d{1,6})?")
            ? Optional.of(Double.parseDouble(text)).filter(n -> n >= least && n <= most)
            : Optional.empty();
  }

  static Function<String, Optional<Duration>> duration(double leastSeconds, double mostSeconds) {
    return text ->
        Quantities.duration(text)
            .filter(d -> d.toMillis() >= leastSeconds * 1000 && d.toMillis() <= mostSeconds * 1000);
  }

  /// A size in bytes.
  static Function<String, Optional<Integer>> bytes(int least, int most) {
    return text ->
        Quantities.bytes(text).filter(n -> n >= least && n <= most).map(Math::toIntExact);
  }

  /// A size in bytes that may be larger than what one array holds.
  static Function<String, Optional<Long>> manyBytes(long least, long most) {
    return text -> Quantities.bytes(text).filter(n -> n >= least && n <= most);
  }
}
