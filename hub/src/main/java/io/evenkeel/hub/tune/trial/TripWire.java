package io.evenkeel.hub.tune.trial;

import io.evenkeel.hub.diagnose.finding.Text;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Watches what must not suffer, each second: a guard that is worse than it ever was without the
/// change, three seconds in a row, trips; a killed process trips at once where none was killed
/// before. Not thread-safe.
public final class TripWire {
  private static final int IN_A_ROW = 3;

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
  /// @param now a guard that is missing was not measured: it keeps the count it has
  /// @return why the change must go, when it must
  public Optional<Trip> second(Map<Guard, Double> now) {
    for (Map.Entry<Guard, Double> each : now.entrySet()) {
      Guard guard = each.getKey();
      boolean isAbove = each.getValue() > limit(guard);
      int count = isAbove ? above.merge(guard, 1, Integer::sum) : 0;
      above.put(guard, count);
      if (count >= (atOnce.contains(guard) ? 1 : IN_A_ROW)) {
        return Optional.of(new Trip(guard, each.getValue(), limit(guard)));
      }
    }
    return Optional.empty();
  }
}
