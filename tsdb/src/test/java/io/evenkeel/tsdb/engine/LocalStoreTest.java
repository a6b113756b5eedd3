package io.evenkeel.tsdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.StorageException;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import io.evenkeel.tsdb.storage.TimeSeriesStoreContract;
import io.evenkeel.tsdb.storage.WriteLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract, and what only a durable store does.
class LocalStoreTest extends TimeSeriesStoreContract {
  private static final Labels CPU = Labels.of("__name__", "cpu", "mode", "idle");

  @TempDir Path directory;
  private final InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(T0 + 60_000));

  @Override
  protected TimeSeriesStore create() {
    return LocalStore.open(directory, StoreSettings.DEFAULT.withoutMaintenance(), clock);
  }

  @Test
  void refuses_samples_outside_the_accepted_times() {
    long now = clock.millis();
    WriteLimits limits = WriteLimits.DEFAULT;
    assertThat(append(CPU, limits.oldestMillis(now), 1).samples()).isEqualTo(1);
    assertThat(append(CPU, limits.newestMillis(now), 1).samples()).isEqualTo(1);
    assertThat(append(CPU, limits.oldestMillis(now) - 1, 1).rejected())
        .isEqualTo(Map.of(Rejection.TOO_OLD, 1));
    assertThat(append(CPU, limits.newestMillis(now) + 1, 1).rejected())
        .isEqualTo(Map.of(Rejection.TOO_NEW, 1));
  }

  @Test
  void keeps_known_series_going_when_no_new_one_is_taken() {
    WriteLimits one = WriteLimits.DEFAULT.withSeries(1);
    try (TimeSeriesStore small =
        LocalStore.open(
            directory.resolve("small"),
            StoreSettings.DEFAULT.accepting(one).withoutMaintenance(),
            clock)) {
      Labels other = CPU.with("mode", "user");
      assertThat(StoreOracle.append(small, CPU, T0, 1).samples()).isEqualTo(1);
      assertThat(StoreOracle.append(small, other, T0, 1).rejected())
          .isEqualTo(Map.of(Rejection.SERIES_LIMIT, 1));
      assertThat(StoreOracle.append(small, CPU, T0 + 1, 1).samples()).isEqualTo(1);
    }
  }

  @Test
  void keeps_one_source_from_taking_the_room_of_the_others_and_tells_the_label_that_multiplies() {
    try (TimeSeriesStore small =
        LocalStore.open(
            directory.resolve("small"),
            StoreSettings.DEFAULT
                .accepting(WriteLimits.DEFAULT.withSeries(100, 2))
                .withoutMaintenance(),
            clock)) {
      for (int i = 0; i < 5; i++) {
        SampleBatch batch = new SampleBatch();
        batch.addSample(batch.addSeries(CPU.with("request", "r" + i)), T0, 1.0);
        assertThat(small.append(batch, "noisy").rejected())
            .isEqualTo(i < 2 ? Map.of() : Map.of(Rejection.SOURCE_SERIES_LIMIT, 1));
      }
      SampleBatch known = new SampleBatch();
      known.addSample(known.addSeries(CPU.with("request", "r0")), T0 + 1, 2.0);
      assertThat(small.append(known, "noisy").samples()).isEqualTo(1);
      SampleBatch other = new SampleBatch();
      other.addSample(other.addSeries(CPU), T0, 1.0);
      assertThat(small.append(other, "quiet").samples()).isEqualTo(1);
      assertThat(small.statistics().refusedByLabel()).isEqualTo(Map.of("request", 3L));
    }
  }

  @Test
  void counts_the_series_of_a_source_again_after_a_restart() {
    Path small = directory.resolve("small");
    StoreSettings settings =
        StoreSettings.DEFAULT
            .accepting(WriteLimits.DEFAULT.withSeries(100, 1))
            .withoutMaintenance();
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(CPU), T0, 1.0);
    try (TimeSeriesStore store = LocalStore.open(small, settings, clock)) {
      store.append(batch, "one");
    }
    try (TimeSeriesStore store = LocalStore.open(small, settings, clock)) {
      store.append(batch, "one");
      SampleBatch second = new SampleBatch();
      second.addSample(second.addSeries(CPU.with("mode", "user")), T0, 1.0);
      assertThat(store.append(second, "one").rejected())
          .isEqualTo(Map.of(Rejection.SOURCE_SERIES_LIMIT, 1));
    }
  }

  @Test
  void gives_a_second_process_a_clear_error() {
    assertThatThrownBy(() -> LocalStore.open(directory, StoreSettings.DEFAULT, clock))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("in use by another process");
  }

  @Test
  void gives_a_directory_that_cannot_be_made_a_clear_error() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "not a directory");
    assertThatThrownBy(() -> LocalStore.open(file, StoreSettings.DEFAULT, clock))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("cannot be used")
        .hasMessageContaining("choose another directory");
  }

  @Test
  void has_everything_again_after_a_restart() {
    for (int i = 0; i < 1_000; i++) {
      append(CPU, T0 - 1_000_000 + i * 1_000L, i);
    }
    append(CPU, T0 - 999_500, 77);
    store().delete(List.of(Matcher.equal("mode", "idle")), T0 - 990_000, T0 - 980_000);
    append(CPU, T0 - 985_000, 99);
    String before = StoreOracle.dump(store(), 0, Long.MAX_VALUE);
    store().close();
    try (TimeSeriesStore again = create()) {
      assertThat(StoreOracle.dump(again, 0, Long.MAX_VALUE)).isEqualTo(before);
      assertThat(((LocalStore) again).problems()).isEmpty();
    }
  }
}
