package io.evenkeel.tsdb.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import io.evenkeel.tsdb.storage.TimeSeriesStoreContract;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends TimeSeriesStoreContract {
  @Override
  protected TimeSeriesStore create() {
    return new MemoryStore();
  }

  @Test
  void takes_samples_of_any_time_unless_told_otherwise() {
    Labels labels = Labels.of("__name__", "m");
    assertThat(append(labels, Long.MIN_VALUE, 1).rejected())
        .isEqualTo(Map.<Rejection, Integer>of());
    assertThat(append(labels, Long.MAX_VALUE, 1).rejected())
        .isEqualTo(Map.<Rejection, Integer>of());
  }
}
