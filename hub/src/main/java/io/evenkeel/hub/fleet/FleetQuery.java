package io.evenkeel.hub.fleet;

import io.evenkeel.hub.clean.HostSignals;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which hosts to show, in which order.
///
/// @param words each must stand in the name, the group, the owner, a tag or the system
/// @param statuses empty for all
/// @param group null for all, empty for those without one
/// @param tag null for all
/// @param outdated whether only hosts with an outdated agent are asked for
/// @param sort a [Column]
/// @param descending the largest first; what is missing is last either way
/// @param offset how many to skip
/// @param limit how many to show
public record FleetQuery(
    List<String> words,
    Set<FleetStatus> statuses,
    @Nullable String group,
    @Nullable String tag,
    boolean outdated,
    Column sort,
    boolean descending,
    int offset,
    int limit) {
  /// What hosts can be sorted by.
  public enum Column {
    STATUS,
    NAME,
    CPU,
    MEMORY,
    DISK,
    NETWORK,
    SEEN,
    GROUP;

    /// The column with a name.
    public static Optional<Column> of(String name) {
      for (Column column : values()) {
        if (column.name().equalsIgnoreCase(name)) {
          return Optional.of(column);
        }
      }
      return Optional.empty();
    }
  }

  /// Names as people order them: `web-2` before `web-10`.
  private static final Comparator<FleetHost> BY_NAME =
      Comparator.comparing((FleetHost one) -> one.host().name(), NaturalOrder.INSTANCE);

  /// Whether a host is among those asked for, whatever its status.
  boolean finds(FleetHost one) {
    HostAttributes said = one.attributes();
    if (outdated && !one.outdated()) {
      return false;
    }
    if (group != null && !said.group().equals(group) || tag != null && !said.tags().contains(tag)) {
      return false;
    }
    if (words.isEmpty()) {
      return true;
    }
    String os = one.host().os();
    String text =
        (one.host().name()
                + "\n"
                + said.group()
                + "\n"
                + said.owner()
                + "\n"
                + String.join("\n", said.tags())
                + "\n"
                + (os == null ? "" : os))
            .toLowerCase(Locale.ROOT);
    return words.stream().allMatch(word -> text.contains(word.toLowerCase(Locale.ROOT)));
  }

  boolean wants(FleetStatus status) {
    return statuses.isEmpty() || statuses.contains(status);
  }

  Comparator<FleetHost> order() {
    Comparator<FleetHost> order =
        switch (sort) {
          case STATUS -> by(one -> (double) -one.status().ordinal());
          case NAME -> descending ? BY_NAME.reversed() : BY_NAME;
          case CPU -> by(one -> one.host().signals().cpu());
          case MEMORY -> by(one -> one.host().signals().memory());
          case DISK -> by(one -> one.host().signals().disk());
          case NETWORK -> by(one -> one.host().signals().networkBytesPerSecond());
          case SEEN -> by(FleetQuery::seen);
          case GROUP -> byGroup();
        };
    return order.thenComparing(FleetQuery::pressure).thenComparing(BY_NAME);
  }

  private Comparator<FleetHost> by(Function<FleetHost, @Nullable Double> value) {
    Comparator<Double> numbers =
        descending ? Comparator.<Double>reverseOrder() : Comparator.<Double>naturalOrder();
    return Comparator.comparing(value, Comparator.nullsLast(numbers));
  }

  private Comparator<FleetHost> byGroup() {
    Comparator<String> names =
        descending ? Comparator.<String>reverseOrder() : Comparator.<String>naturalOrder();
    return Comparator.comparing((FleetHost one) -> one.attributes().group().isEmpty())
        .thenComparing(one -> one.attributes().group(), names);
  }

  private static @Nullable Double seen(FleetHost one) {
    Long at = one.host().lastSampleAt();
    return at == null ? null : Double.valueOf(at);
  }

  /// Among equals the fullest of CPU, memory and disk comes first.
  private static double pressure(FleetHost one) {
    if (one.status() == FleetStatus.OK) {
      return 0;
    }
    HostSignals signals = one.host().signals();
    return -Math.max(
        share(signals.cpu()), Math.max(share(signals.memory()), share(signals.disk())));
  }

  private static double share(@Nullable Double value) {
    return value == null ? 0 : value;
  }
}
