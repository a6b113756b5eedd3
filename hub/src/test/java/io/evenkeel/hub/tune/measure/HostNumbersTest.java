package io.evenkeel.hub.tune.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class HostNumbersTest {
  private static final long NOW = 1_700_000_000_000L;

  @Test
  void several_expressions_at_once_say_what_each_says_alone() throws Exception {
    MemoryStore samples = new MemoryStore();
    SampleBatch batch = new SampleBatch();
    for (int i = 10; i >= 0; i--) {
      for (String device : new String[] {"sda", "sdb"}) {
        int series =
            batch.addSeries(
                Labels.of("__name__", "reads_total", "device", device, "instance", "web1"));
        batch.addSample(series, NOW - i * 1_000L, 7.0 * (10 - i));
      }
    }
    samples.append(batch);
    Map<String, String> expressions = new LinkedHashMap<>();
    expressions.put("sum", "sum(rate(reads_total{instance=\"$host\"}[$window]))");
    expressions.put("labelled", "reads_total{instance=\"$host\",device=\"sda\"}");
    expressions.put("comment", "max(reads_total{instance=\"$host\"}) # the worst");
    expressions.put("either", "sum(nothing) or sum(reads_total)");
    expressions.put("scalar", "2 + 3");
    expressions.put("several", "reads_total{instance=\"$host\"}");
    expressions.put("none", "nothing{instance=\"$host\"}");
    expressions.put("undefined", "sum(reads_total) * 0 / 0");
    try (CpuPool cpu = new CpuPool(1, 8)) {
      HostNumbers numbers = new HostNumbers(new QueryEngine(samples, QueryLimits.DEFAULT), cpu);
      Map<String, Double> together = numbers.now("web1", expressions, NOW);
      assertThat(together).containsOnlyKeys("sum", "labelled", "comment", "either", "scalar");
      for (Map.Entry<String, String> each : expressions.entrySet()) {
        Double one = together.get(each.getKey());
        assertThat(one == null ? OptionalDouble.empty() : OptionalDouble.of(one))
            .as(each.getKey())
            .isEqualTo(numbers.now("web1", each.getValue(), NOW));
      }
    }
  }
}
