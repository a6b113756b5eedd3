package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.measure.GuardQueries;
import io.evenkeel.hub.tune.measure.HostNumbers;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.hub.tune.trial.TripWire.Guard;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;

/// The seconds of a server as the store has them, by PromQL. Used by one thread.
final class PromqlSeconds implements MeasuredSeconds {
  private static final Duration COLLECTING = Duration.ofMinutes(5);
  private static final int RENEWED_EVERY = 240;
  private static final String MEASURE = "measure";
  private static final String OFFERED = "offered";

  private final TunedServer server;
  private final Map<String, String> expressions;
  private final HostNumbers numbers;
  private final InstantSource clock;
  private final Pace pace;
  private final CountDownLatch ended;
  private int passed;

  /// @param ended at 0 when the trial is told to end: the next second is an [InterruptedException]
  PromqlSeconds(
      TunedServer server,
      Measure measure,
      HostNumbers numbers,
      InstantSource clock,
      Pace pace,
      CountDownLatch ended) {
    this.server = server;
    this.expressions = expressions(measure);
    this.numbers = numbers;
    this.clock = clock;
    this.pace = pace;
    this.ended = ended;
  }

  /// Asked at once, so that a second takes one query.
  private static Map<String, String> expressions(Measure measure) {
    Map<String, String> expressions = new LinkedHashMap<>();
    expressions.put(MEASURE, measure.expression());
    String load = measure.offered();
    if (load != null) {
      expressions.put(OFFERED, load);
    }
    for (Guard guard : Guard.values()) {
      GuardQueries.of(guard, measure)
          .ifPresent(expression -> expressions.put(guard.name(), expression));
    }
    return expressions;
  }

  @Override
  public Second next() throws InterruptedException {
    if (passed++ % RENEWED_EVERY == 0) {
      server.collectEachSecond(COLLECTING);
    }
    pace.second(ended);
    if (ended.getCount() == 0) {
      throw new InterruptedException("the trial was told to end");
    }
    long now = clock.millis();
    Map<String, Double> seen = numbers.now(server.host(), expressions, now);
    Map<Guard, Double> guards = new EnumMap<>(Guard.class);
    for (Guard guard : Guard.values()) {
      Double value = seen.get(guard.name());
      if (value != null) {
        guards.put(guard, value);
      }
    }
    return new Second(number(seen, MEASURE), number(seen, OFFERED), guards);
  }

  private static OptionalDouble number(Map<String, Double> seen, String name) {
    Double value = seen.get(name);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
