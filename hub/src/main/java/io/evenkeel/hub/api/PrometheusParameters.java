package io.evenkeel.hub.api;

import io.evenkeel.promql.parse.Durations;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalLong;

/// Times and durations as Prometheus's API takes them.
final class PrometheusParameters {
  private static final BigDecimal MOST_MILLIS = BigDecimal.valueOf(Long.MAX_VALUE / 4);

  private PrometheusParameters() {}

  /// A time: seconds since the epoch with a fraction, or RFC 3339; epoch milliseconds.
  ///
  /// @throws PrometheusProblem when it is neither
  static long time(String name, String text) {
    OptionalLong seconds = seconds(text);
    if (seconds.isPresent()) {
      return seconds.getAsLong();
    }
    try {
      return OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw PrometheusProblem.badData(
          "invalid parameter \"" + name + "\": cannot parse \"" + text + "\" to a valid timestamp");
    }
  }

  /// A duration: seconds with a fraction, or PromQL's notation; milliseconds.
  ///
  /// @throws PrometheusProblem when it is neither
  static long duration(String name, String text) {
    OptionalLong seconds = seconds(text);
    OptionalLong millis = seconds.isPresent() ? seconds : Durations.parse(text);
    return millis.orElseThrow(() ->
        PrometheusProblem.badData(
            "invalid parameter \""
                + name
                + "\": cannot parse \""
                + text
                + "\" to a valid duration"));
  }

  private static OptionalLong seconds(String text) {
    try {
      BigDecimal millis =
          new BigDecimal(text).movePointRight(3).setScale(0, RoundingMode.HALF_EVEN);
      return millis.abs().compareTo(MOST_MILLIS) > 0
          ? OptionalLong.empty()
          : OptionalLong.of(millis.longValueExact());
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /// The time parameter of an exchange, or another when it is not given.
  static long time(Exchange exchange, String name, Instant otherwise) {
    return given(exchange, name).map(text -> time(name, text)).orElseGet(otherwise::toEpochMilli);
  }

  /// The time parameter of an exchange, which must be given.
  static long time(Exchange exchange, String name) {
    return time(name, given(exchange, name).orElse(""));
  }

  /// The duration parameter of an exchange, when it is given.
  static Optional<Duration> duration(Exchange exchange, String name) {
    return given(exchange, name).map(text -> Duration.ofMillis(duration(name, text)));
  }

  /// A count; 0, which means no limit, when it is not given.
  static int limit(Exchange exchange) {
    String text = given(exchange, "limit").orElse("0");
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 0) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw PrometheusProblem.badData(
          "invalid parameter \"limit\": cannot parse \"" + text + "\" to a number");
    }
    throw PrometheusProblem.badData("invalid parameter \"limit\": limit must be non-negative");
  }

  private static Optional<String> given(Exchange exchange, String name) {
    return exchange.parameter(name).filter(text -> !text.isEmpty());
  }
}
