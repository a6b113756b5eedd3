package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.model.tune.TuningRequest;
import java.util.Optional;

/// What somebody wants tried.
///
/// @param sought the share by which the measure is hoped to get better
/// @param blockSeconds what counts of a block
/// @param finding the finding whose advice it is
/// @param drained whether the pools give the server, a backend, no requests while its knob is
///   turned
public record WantedTrial(
    String host,
    TuningRequest request,
    Measure measure,
    double sought,
    int blockSeconds,
    Optional<String> finding,
    boolean drained) {
  public static final double USUAL_SOUGHT = 0.10;
  static final double LEAST_SOUGHT = 0.03;
  static final double MOST_SOUGHT = 0.9;
  static final int SHORTEST_BLOCK = 10;
  static final int LONGEST_BLOCK = 300;
}
