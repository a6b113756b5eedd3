package io.evenkeel.hub.simulate;

/// What a simulation has done so far.
///
/// @param acknowledged moments of servers that the hub took: each is one sample of every series
/// @param waiting servers whose newest moments the hub has not taken yet, since it failed before
/// @param lost moments that the hub refused for good
/// @param requests how many were taken
/// @param retries how many had to be sent again
/// @param p50Millis half of the requests were answered within this; 0 before the first
/// @param p99Millis 99 % of the requests were answered within this; 0 before the first
/// @param problem the newest failure in words, or an empty text
public record SimulationReport(
    int hosts,
    int series,
    long acknowledged,
    long waiting,
    long lost,
    long requests,
    long retries,
    double p50Millis,
    double p99Millis,
    String problem) {
  /// How many samples the hub took.
  public long samples() {
    return acknowledged * series;
  }
}
