package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.evidence.Track;
import io.evenkeel.hub.diagnose.finding.Culprit;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/// Finds who uses most of a resource: among the processes on top, else among the units.
final class Culprits {
  private Culprits() {}

  static Optional<Culprit> ofProcessor(EvidenceWindow window) {
    return top(window, "cpu_seconds_total", window::rate, Unit.CORES);
  }

  static Optional<Culprit> ofMemory(EvidenceWindow window) {
    return top(window, "resident_memory_bytes", Track::last, Unit.BYTES)
        .or(() -> unit(window, "evenkeel_unit_memory_bytes", Track::last, Unit.BYTES));
  }

  /// The unit that hits its own limit of memory most often, more than once a second: its events.
  static Optional<Track> atMemoryLimit(EvidenceWindow window) {
    return window.of("evenkeel_unit_memory_events_total").stream()
        .filter(track -> track.label("event").equals("max") || track.label("event").equals("high"))
        .filter(track -> track.size() > 1 && window.rate(track) > 1)
        .max(Comparator.comparingDouble(window::rate));
  }

  static Optional<Culprit> ofReading(EvidenceWindow window) {
    return top(window, "read_bytes_total", window::rate, Unit.BYTES_PER_SECOND)
        .or(() ->
            unit(window, "evenkeel_unit_io_read_bytes_total", window::rate, Unit.BYTES_PER_SECOND));
  }

  static Optional<Culprit> ofWriting(EvidenceWindow window) {
    return top(window, "written_bytes_total", window::rate, Unit.BYTES_PER_SECOND)
        .or(() ->
            unit(
                window,
                "evenkeel_unit_io_written_bytes_total",
                window::rate,
                Unit.BYTES_PER_SECOND));
  }

  /// Who moves most bytes to or from storage.
  static Optional<Culprit> ofStorage(EvidenceWindow window) {
    Optional<Culprit> reads = ofReading(window);
    Optional<Culprit> writes = ofWriting(window);
    if (reads.isEmpty() || writes.isEmpty()) {
      return reads.or(() -> writes);
    }
    return reads.get().amount() >= writes.get().amount() ? reads : writes;
  }

  /// The busiest process of one unit with what the unit uses, as far as both are known.
  static Optional<Culprit> inUnit(
      EvidenceWindow window, String unit, OptionalDouble amount, Unit of) {
    return amount.isPresent()
        ? inUnit(window, unit, amount.getAsDouble(), of)
        : window.of("evenkeel_process_cpu_seconds_total").stream()
            .filter(track -> track.label("unit").equals(unit) && orZero(window.rate(track)) > 0)
            .max(Comparator.comparingDouble(window::rate))
            .map(track -> process(track, window.rate(track), Unit.CORES));
  }

  /// The busiest process of one unit, or the unit alone.
  private static Optional<Culprit> inUnit(
      EvidenceWindow window, String unit, double amount, Unit of) {
    return window.of("evenkeel_process_cpu_seconds_total").stream()
        .filter(track -> track.label("unit").equals(unit))
        .max(Comparator.comparingDouble(track -> orZero(window.rate(track))))
        .map(track -> new Culprit(unit, track.label("comm"), track.label("user"), amount, of))
        .or(() -> Optional.of(new Culprit(unit, "", "", amount, of)));
  }

  static Culprit process(Track track, double amount, Unit of) {
    return new Culprit(track.label("unit"), track.label("comm"), track.label("user"), amount, of);
  }

  private static Optional<Culprit> top(
      EvidenceWindow window, String what, ToDoubleFunction<Track> amount, Unit of) {
    return window.of("evenkeel_process_" + what).stream()
        .filter(track -> orZero(amount.applyAsDouble(track)) > 0)
        .max(Comparator.comparingDouble(amount))
        .map(track -> process(track, amount.applyAsDouble(track), of));
  }

  private static Optional<Culprit> unit(
      EvidenceWindow window, String metric, ToDoubleFunction<Track> amount, Unit of) {
    return window.of(metric).stream()
        .filter(track -> orZero(amount.applyAsDouble(track)) > 0)
        .max(Comparator.comparingDouble(amount))
        .map(track -> new Culprit(track.label("unit"), "", "", amount.applyAsDouble(track), of));
  }

  private static double orZero(double value) {
    return Double.isNaN(value) ? 0 : value;
  }
}
