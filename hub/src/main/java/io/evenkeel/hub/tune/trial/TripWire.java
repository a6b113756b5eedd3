package io.evenkeel.hub.tune.trial;

import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Watches what must not suffer, each second: a guard that is worse than twice the worst it was
/// without the change, in three of the last five seconds, trips; a killed process trips at once
/// where none was killed before. Not thread-safe.
///
/// So many of the last so many, as the run rules of control charts have it (Western Electric,
/// Statistical Quality Control Handbook, 1956): three in a row let a change pass for long whose
/// harm comes and goes, such as a quota that is just too small.
public final class TripWire {
  private static final int BAD_SECONDS = 3;
  private static final int OF_SECONDS = 5;

  /// What is guarded, and from where on it counts at all.
  public enum Guard {
    ERRORS_PER_SECOND("errors", "错误", Unit.PER_SECOND, 1, false),
    P99_SECONDS("the slowest hundredth", "最慢的百分之一", Unit.SECONDS, 0.05, false),
    MEMORY_PRESSURE("memory pressure", "内存压力", Unit.RATIO, 0.05, false),
    IO_PRESSURE("disk pressure", "磁盘压力", Unit.RATIO, 0.10, false),
    MEMORY_USED_RATIO("memory in use", "内存用量", Unit.RATIO, 0.90, false),
    RETRANSMITS_RATIO("retransmitted segments", "重传的报文段", Unit.RATIO, 0.02, false),
    DROPS_PER_SECOND("dropped packets", "丢弃的数据包", Unit.PER_SECOND, 10, false),
    OOM_KILLS("processes killed for memory", "因内存不足被终止的进程", Unit.COUNT, 0, true);

    private final Text title;
    private final Unit unit;
    private final double floor;
    private final boolean atOnce;

    Guard(String en, String zh, Unit unit, double floor, boolean atOnce) {
      this.title = Text.of(en, zh);
      this.unit = unit;
      this.floor = floor;
      this.atOnce = atOnce;
    }

    public Text title() {
      return title;
    }

    public Unit unit() {
      return unit;
    }
  }

  /// A guard that tripped.
  public record Trip(Guard guard, double value, double limit) {
    public Reason reason() {
      return Reason.of(
          Reason.Code.GUARD_TRIPPED,
          guard.title.en(),
          guard.title.zh(),
          guard.unit.show(value),
          guard.unit.show(limit));
    }
  }

  private final Map<Guard, Double> limits = new EnumMap<>(Guard.class);
  private final Set<Guard> atOnce = EnumSet.noneOf(Guard.class);

  /// For each guard its last seconds, the newest in the lowest bit: whether it was above.
  private final Map<Guard, Integer> above = new EnumMap<>(Guard.class);

  /// @param before what each guard was, second by second, in the A/A run; a guard without samples
  ///   has its floor for a limit
  public TripWire(Map<Guard, double[]> before) {
    for (Guard guard : Guard.values()) {
      double[] seen = before.getOrDefault(guard, new double[0]);
      double most = Arrays.stream(seen).max().orElse(0);
      // Twice the worst second before, but a share cannot trip above what a share can be.
      double limit = guard == Guard.MEMORY_USED_RATIO ? (1 + most) / 2 : 2 * most;
      limits.put(guard, Math.max(guard.floor, limit));
      // What happened without the change too, such as kills that it is to end, is no sign against
      // it until there is more of it.
      if (guard.atOnce && most == 0) {
        atOnce.add(guard);
      }
    }
  }

  /// The limit of a guard.
  public double limit(Guard guard) {
    return limits.getOrDefault(guard, guard.floor);
  }

  /// Takes the values of a second.
  ///
  /// @param now a guard that is missing was not measured: its last seconds stay as they are
  /// @return why the change must go, when it must
  public Optional<Trip> second(Map<Guard, Double> now) {
    for (Map.Entry<Guard, Double> each : now.entrySet()) {
      Guard guard = each.getKey();
      int newest = each.getValue() > limit(guard) ? 1 : 0;
      int last = (above.getOrDefault(guard, 0) << 1 | newest) & (1 << OF_SECONDS) - 1;
      above.put(guard, last);
      if (newest == 1 && Integer.bitCount(last) >= (atOnce.contains(guard) ? 1 : BAD_SECONDS)) {
        return Optional.of(new Trip(guard, each.getValue(), limit(guard)));
      }
    }
    return Optional.empty();
  }
}
