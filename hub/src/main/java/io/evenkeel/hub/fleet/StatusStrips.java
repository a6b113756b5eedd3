package io.evenkeel.hub.fleet;

import com.google.re2j.Pattern;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.Value.MatrixSeries;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// How hosts were in each half hour of the last 24 hours, the worst of each half hour, from `up`,
/// `ALERTS` and whether anything was told at all. Safe for use by many threads.
public final class StatusStrips {
  /// How many half hours.
  public static final int SLOTS = 48;

  /// How many hosts one request may name.
  public static final int MOST_HOSTS = 200;

  private static final long SLOT_MILLIS = 30 * 60_000L;

  private final QueryEngine queries;
  private final CpuPool pool;
  private final InstantSource clock;

  public StatusStrips(QueryEngine queries, CpuPool pool, InstantSource clock) {
    this.queries = queries;
    this.pool = pool;
    this.clock = clock;
  }

  /// One letter for each half hour of each host, the oldest first: `o` ok, `w` an alert fired, `c`
  /// a critical one fired, `d` down for at least a moment, `.` nothing known.
  ///
  /// @param names the hosts' names
  /// @throws io.evenkeel.hub.work.BusyException when the hub computes at its limit
  public Map<String, String> of(Collection<String> names) throws InterruptedException {
    if (names.isEmpty()) {
      return Map.of();
    }
    long last = clock.millis();
    String host =
        "instance=~\""
            + names.stream().map(StatusStrips::quoted).collect(Collectors.joining("|"))
            + "\"";
    try {
      return pool.compute(() -> read(names, host, last));
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new QueryException.Failed(String.valueOf(e.getMessage()));
    }
  }

  private Map<String, String> read(Collection<String> names, String host, long last) {
    Map<String, char[]> strips = new HashMap<>();
    names.forEach(name -> strips.put(name, ".".repeat(SLOTS).toCharArray()));
    mark(
        strips,
        "max by (instance) (present_over_time({__name__=~\"up|node_memory_MemTotal_bytes\","
            + host
            + "}[30m]))",
        last,
        'o');
    mark(strips, alerts("severity!~\"none|info|critical\"," + host), last, 'w');
    mark(strips, alerts("severity=\"critical\",alertname!=\"HostDown\"," + host), last, 'c');
    mark(strips, "min by (instance) (min_over_time(up{" + host + "}[30m])) == 0", last, 'd');
    Map<String, String> texts = new HashMap<>();
    strips.forEach((name, strip) -> texts.put(name, new String(strip)));
    return texts;
  }

  private static String alerts(String matchers) {
    return "max by (instance) (max_over_time(ALERTS{alertstate=\"firing\"," + matchers + "}[30m]))";
  }

  private void mark(Map<String, char[]> strips, String expression, long last, char letter) {
    long first = last - (SLOTS - 1) * SLOT_MILLIS;
    Value value = queries.query(QueryRequest.range(expression, first, last, SLOT_MILLIS)).value();
    if (!(value instanceof Value.RangeVector range)) {
      throw new QueryException.Failed("a range query answered something else");
    }
    for (MatrixSeries series : range.series()) {
      char[] strip = strips.get(series.labels().valueOrEmpty("instance"));
      for (int i = 0; strip != null && i < series.times().length; i++) {
        strip[(int) ((series.times()[i] - first) / SLOT_MILLIS)] = letter;
      }
    }
  }

  /// A name inside a regular expression inside a PromQL string.
  private static String quoted(String name) {
    return Pattern.quote(name).replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
