package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.measure.GuardQueries;
import io.evenkeel.hub.tune.measure.HostNumbers;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.hub.tune.trial.TripWire.Guard;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;

/// The seconds of a server as the store has them, by PromQL. Used by one thread.
final class PromqlSeconds implements MeasuredSeconds {
  private static final Duration COLLECTING = Duration.ofMinutes(5);
  private static final int RENEWED_EVERY = 240;

  private final TunedServer server;
  private final Measure measure;
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
    this.measure = measure;
    this.numbers = numbers;
    this.clock = clock;
    this.pace = pace;
    this.ended = ended;
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
    Map<Guard, Double> guards = new EnumMap<>(Guard.class);
    for (Guard guard : Guard.values()) {
      Optional<String> expression = GuardQueries.of(guard, measure);
      if (expression.isPresent()) {
        numbers
            .now(server.host(), expression.get(), now)
            .ifPresent(value -> guards.put(guard, value));
      }
    }
    String load = measure.offered();
    return new Second(
        numbers.now(server.host(), measure.expression(), now),
        load == null ? OptionalDouble.empty() : numbers.now(server.host(), load, now),
        guards);
  }
}
