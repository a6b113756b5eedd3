package io.evenkeel.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.memory.MemoryStore;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.MemoryBudget;
import io.evenkeel.tsdb.storage.Queryable;
import io.evenkeel.tsdb.storage.Resolution;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Queries over a time of which a store has only the last sample of each hour left.
class RolledUpTimeTest {
  private static final long AT = Duration.ofHours(100).toMillis();
  private static final long HALF_AN_HOUR = Duration.ofMinutes(30).toMillis();

  @Test
  void find_the_sample_before_though_it_is_older_than_the_look_back() {
    MemoryStore store = new MemoryStore();
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(Labels.of("__name__", "load")), AT - HALF_AN_HOUR, 7.0);
    store.append(batch);
    assertThat(answer(store)).isEmpty();
    assertThat(answer(new HourlyStore(store))).hasSize(1);
  }

  private static List<Value.VectorSample> answer(Queryable source) {
    QueryEngine engine = new QueryEngine(source, QueryLimits.DEFAULT);
    return ((Value.InstantVector) engine.query(QueryRequest.instant("load", AT)).value()).samples();
  }

  /// A store that has let go of its samples but for one an hour.
  private record HourlyStore(Queryable samples) implements Queryable {
    @Override
    public StoreReader reader(long fromMillis, long toMillis, MemoryBudget budget) {
      StoreReader reader = samples.reader(fromMillis, toMillis, budget);
      return new StoreReader() {
        @Override
        public List<Series> select(List<Matcher> matchers) {
          return reader.select(matchers);
        }

        @Override
        public List<String> labelNames(List<Matcher> matchers, int limit) {
          return reader.labelNames(matchers, limit);
        }

        @Override
        public List<String> labelValues(String name, List<Matcher> matchers, int limit) {
          return reader.labelValues(name, matchers, limit);
        }

        @Override
        public long resolutionMillis(long atMillis) {
          return Resolution.ONE_HOUR.millis();
        }

        @Override
        public void close() {
          reader.close();
        }
      };
    }
  }
}
