package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.trial.TripWire.Guard;
import java.util.Map;
import java.util.OptionalDouble;

/// What a server shows, second by second.
@FunctionalInterface
public interface MeasuredSeconds {
  /// One second of a server. What was not measured is missing, never 0.
  ///
  /// @param measure what the change should make better
  /// @param offered how much work came in, measured apart from what the change may move
  record Second(OptionalDouble measure, OptionalDouble offered, Map<Guard, Double> guards) {
    public Second {
      guards = Map.copyOf(guards);
    }
  }

  /// Waits for the next second and tells it.
  Second next() throws InterruptedException;
}
