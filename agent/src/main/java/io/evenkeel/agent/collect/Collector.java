package io.evenkeel.agent.collect;

import java.io.IOException;

/// Reads one part of the machine. Used by one thread; keeps its buffers from round to round.
public interface Collector extends AutoCloseable {
  /// Its name, as node_exporter names the collector where it has one.
  String name();

  /// Reads and puts samples.
  ///
  /// @throws NotAvailableException when this machine does not offer it
  /// @throws IOException when it should work and does not; what was put before stays
  void collect(Samples out) throws IOException;

  /// How many rounds pass between two reads at a period of a second; 1 = every round.
  default int seconds() {
    return 1;
  }

  @Override
  default void close() {}
}
