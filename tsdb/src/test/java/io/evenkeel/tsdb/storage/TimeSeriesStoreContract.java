package io.evenkeel.tsdb.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [TimeSeriesStore] does, whatever it is made of.
public abstract class TimeSeriesStoreContract {
  /// A round time near which the tests' samples lie; the store's clock stands a minute after it.
  protected static final long T0 = 1_763_856_000_000L;

  private static final Labels CPU0 = Labels.of("__name__", "cpu", "cpu", "0", "mode", "idle");
  private static final Labels CPU1 = Labels.of("__name__", "cpu", "cpu", "1", "mode", "user");
  private static final Labels UP = Labels.of("__name__", "up", "job", "节点");

  private TimeSeriesStore store;

  /// A new, empty store.
  protected abstract TimeSeriesStore create() throws Exception;

  @BeforeEach
  void open() throws Exception {
    store = create();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void reads_back_what_was_appended_in_time_order() {
    for (int i = 0; i < 1_000; i++) {
      append(CPU0, T0 - 1_000_000 + i * 1_000L, i * 0.5);
    }
    SampleColumns columns = read(CPU0, Long.MIN_VALUE, Long.MAX_VALUE);
    assertThat(columns.size()).isEqualTo(1_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(columns.times()[i]).isEqualTo(T0 - 1_000_000 + i * 1_000L);
      assertThat(Double.longBitsToDouble(columns.valueBits()[i])).isEqualTo(i * 0.5);
    }
  }

  @Test
  void keeps_the_raw_bits_of_every_kind_of_number() {
    long[] bits = {
      StaleMarker.BITS,
      0x7ff8000000000001L,
      0xfff0000000000003L,
      Double.doubleToRawLongBits(-0.0),
      Double.doubleToRawLongBits(Double.POSITIVE_INFINITY),
      Double.doubleToRawLongBits(Double.MIN_VALUE),
      Double.doubleToRawLongBits(1e300),
      0L,
      Double.doubleToRawLongBits(9_007_199_254_740_993.0),
      Double.doubleToRawLongBits(-9_007_199_254_740_991.0),
      -1L
    };
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(UP);
    for (int i = 0; i < bits.length; i++) {
      batch.addSample(series, T0 + i, bits[i]);
    }
    store.append(batch);
    SampleColumns columns = read(UP, T0, T0 + bits.length);
    assertThat(java.util.Arrays.copyOf(columns.valueBits(), columns.size())).isEqualTo(bits);
  }

  @Test
  void keeps_native_histograms_and_start_times_beside_numbers() {
    NativeHistogram histogram = histogram(3);
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(CPU0);
    batch.addSample(series, T0, 1.0);
    batch.addHistogram(series, T0 + 1, histogram, T0 - 5);
    batch.addSample(series, T0 + 2, Double.doubleToRawLongBits(2.0), T0 - 6);
    AppendReport report = store.append(batch);
    assertThat(report.samples()).isEqualTo(2);
    assertThat(report.histograms()).isEqualTo(1);

    SampleColumns columns = read(CPU0, T0, T0 + 2);
    assertThat(columns.size()).isEqualTo(3);
    assertThat(columns.histogram(0)).isNull();
    assertThat(columns.histogram(1)).isEqualTo(histogram);
    assertThat(columns.startTime(0)).isZero();
    assertThat(columns.startTime(1)).isEqualTo(T0 - 5);
    assertThat(columns.startTime(2)).isEqualTo(T0 - 6);
    assertThat(Double.longBitsToDouble(columns.valueBits()[2])).isEqualTo(2.0);
  }

  @Test
  void tells_which_times_have_changed_since() {
    append(CPU0, T0 - 7_200_000, 1);
    append(CPU0, T0, 1);
    ChangeLog changes = store.changes();
    long since = changes.now();
    append(CPU0, T0 + 1, 2);
    assertThat(changes.isUnchanged(since, T0 - 7_200_000, T0 - 120_000)).isTrue();
    assertThat(changes.isUnchanged(since, T0 - 7_200_000, T0)).isFalse();

    since = changes.now();
    append(CPU1, T0 - 3_600_000, 1);
    assertThat(changes.isUnchanged(since, T0 - 7_200_000, T0 - 5_000_000)).isTrue();
    assertThat(changes.isUnchanged(since, T0 - 3_000_000, T0)).isTrue();
    assertThat(changes.isUnchanged(since, T0 - 7_200_000, T0 - 3_600_000)).isFalse();

    since = changes.now();
    store.delete(List.of(Matcher.equal("__name__", "cpu")), T0 - 7_300_000, T0 - 7_200_000);
    assertThat(changes.isUnchanged(since, T0 - 7_200_000, T0)).isFalse();
    assertThat(changes.isUnchanged(since, T0 - 7_000_000, T0)).isTrue();
  }

  @Test
  void takes_samples_that_come_late_and_reads_them_in_order() {
    long[] order = {5, 1, 9, 3, 7, 0, 8, 2, 6, 4};
    for (long i : order) {
      append(CPU0, T0 - i * 60_000, i);
    }
    SampleColumns columns = read(CPU0, T0 - 3_600_000, T0);
    assertThat(columns.size()).isEqualTo(10);
    for (int i = 0; i < 10; i++) {
      assertThat(columns.times()[i]).isEqualTo(T0 - (9 - i) * 60_000L);
      assertThat(Double.longBitsToDouble(columns.valueBits()[i])).isEqualTo(9 - i);
    }
  }

  @Test
  void takes_an_equal_duplicate_for_nothing_new_and_keeps_the_first_of_a_conflict() {
    append(CPU0, T0, 1);
    append(CPU0, T0 + 1_000, 2);
    assertThat(append(CPU0, T0 + 1_000, 2).rejected()).isEqualTo(Map.of(Rejection.DUPLICATE, 1));
    assertThat(append(CPU0, T0, 1).rejected()).isEqualTo(Map.of(Rejection.DUPLICATE, 1));
    AppendReport conflict = append(CPU0, T0 + 1_000, 3);
    assertThat(conflict.rejected()).isEqualTo(Map.of(Rejection.CONFLICT, 1));
    assertThat(conflict.details()).hasSize(1);
    assertThat(append(CPU0, T0, 9).rejected()).isEqualTo(Map.of(Rejection.CONFLICT, 1));
    SampleColumns columns = read(CPU0, T0, T0 + 1_000);
    assertThat(columns.size()).isEqualTo(2);
    assertThat(Double.longBitsToDouble(columns.valueBits()[0])).isEqualTo(1.0);
    assertThat(Double.longBitsToDouble(columns.valueBits()[1])).isEqualTo(2.0);
  }

  @Test
  void answers_rollups_that_come_to_what_the_samples_of_a_bucket_do() {
    long hour = 3_600_000;
    long end = T0 - T0 % hour;
    append(CPU0, end - hour + 1, 5);
    append(CPU0, end - 60_000, 8);
    append(CPU0, end - 59_999, 2);
    append(CPU0, end, 3);
    append(CPU0, end + 1, 7);
    appendBits(CPU0, end + 2, StaleMarker.BITS);
    RollupColumns hours = new RollupColumns();
    try (StoreReader reader = store.reader(end - hour, end + hour)) {
      reader
          .select(List.of(Matcher.equal("cpu", "0")))
          .getFirst()
          .rollups(Resolution.ONE_HOUR, end, end + hour, hours);
    }
    assertThat(hours.size()).isEqualTo(2);
    assertThat(hours.end(0)).isEqualTo(end);
    assertThat(hours.count(0)).isEqualTo(4);
    assertThat(hours.sum(0)).isEqualTo(18);
    assertThat(hours.min(0)).isEqualTo(2);
    assertThat(hours.max(0)).isEqualTo(8);
    assertThat(hours.firstTime(0)).isEqualTo(end - hour + 1);
    assertThat(hours.first(0)).isEqualTo(5);
    assertThat(hours.lastTime(0)).isEqualTo(end);
    assertThat(hours.last(0)).isEqualTo(3);
    assertThat(hours.increase(0)).isEqualTo(3 + 2 + 1);
    assertThat(hours.staleAtEnd(0)).isFalse();
    assertThat(hours.end(1)).isEqualTo(end + hour);
    assertThat(hours.count(1)).isEqualTo(1);
    assertThat(hours.increaseBetween(1)).isEqualTo(4);
    assertThat(hours.staleAtEnd(1)).isTrue();

    RollupColumns minutes = new RollupColumns();
    try (StoreReader reader = store.reader(end - hour, end + hour)) {
      reader
          .select(List.of(Matcher.equal("cpu", "0")))
          .getFirst()
          .rollups(Resolution.ONE_MINUTE, end - 60_000, end, minutes);
    }
    assertThat(minutes.size()).isEqualTo(2);
    assertThat(minutes.last(0)).isEqualTo(8);
    assertThat(minutes.count(1)).isEqualTo(2);
  }

  @Test
  void refuses_a_query_that_takes_more_memory_than_its_budget() {
    for (int i = 0; i < 100; i++) {
      append(CPU0.with("n", Integer.toString(i)), T0, i);
    }
    try (StoreReader reader = store.reader(T0, T0, MemoryBudget.ofBytes(10_000))) {
      assertThatThrownBy(() -> reader.select(List.of()))
          .isInstanceOf(BudgetExceededException.class)
          .hasMessageContaining("ask for fewer series");
    }
    try (StoreReader reader = store.reader(T0, T0, MemoryBudget.ofBytes(10_000))) {
      assertThat(reader.select(List.of(Matcher.equal("n", "7")))).hasSize(1);
    }
  }

  @Test
  void counts_an_interval_closed_at_both_ends() {
    for (int i = 0; i < 5; i++) {
      append(CPU0, T0 + i * 1_000L, i);
    }
    assertThat(read(CPU0, T0 + 1_000, T0 + 3_000).size()).isEqualTo(3);
    assertThat(read(CPU0, T0 + 1_001, T0 + 2_999).size()).isEqualTo(1);
    assertThat(read(CPU0, T0 + 4_001, T0 + 9_000).size()).isZero();
  }

  @Test
  void reads_in_portions_of_about_the_size_that_was_asked_for() {
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(CPU0);
    for (int i = 0; i < 5_000; i++) {
      batch.addSample(series, T0 - 5_000 + i, (double) i);
    }
    store.append(batch);
    try (StoreReader reader = store.reader(0, Long.MAX_VALUE)) {
      SampleCursor cursor =
          reader.select(List.of(Matcher.equal("cpu", "0"))).getFirst().samples(0, Long.MAX_VALUE);
      SampleColumns columns = new SampleColumns(16);
      long expected = T0 - 5_000;
      int portions = 0;
      for (int read = cursor.read(columns, 100); read > 0; read = cursor.read(columns, 100)) {
        assertThat(read).isEqualTo(columns.size()).isLessThan(1_000);
        for (int i = 0; i < read; i++) {
          assertThat(columns.times()[i]).isEqualTo(expected++);
        }
        columns.clear();
        portions++;
      }
      assertThat(expected).isEqualTo(T0);
      assertThat(portions).isGreaterThan(4);
    }
  }

  @Test
  void selects_by_every_kind_of_matcher() {
    append(CPU0, T0, 1);
    append(CPU1, T0, 1);
    append(UP, T0, 1);
    assertThat(select(Matcher.equal("__name__", "cpu"))).containsExactly(CPU0, CPU1);
    assertThat(select(Matcher.equal("__name__", "cpu"), not("mode", "idle"))).containsExactly(CPU1);
    assertThat(select(regex("mode", "id.*|nothing"))).containsExactly(CPU0);
    assertThat(select(regex("mode", "d"))).isEmpty();
    assertThat(select(regex("__name__", ".+"), notRegex("mode", "i.*"))).containsExactly(CPU1, UP);
    assertThat(select(Matcher.equal("job", "节点"))).containsExactly(UP);
    assertThat(select(Matcher.equal("__name__", "cpu"), Matcher.equal("__name__", "up"))).isEmpty();
  }

  @Test
  void takes_a_missing_label_for_the_empty_string() {
    append(CPU0, T0, 1);
    append(UP, T0, 1);
    assertThat(select(Matcher.equal("mode", ""))).containsExactly(UP);
    assertThat(select(regex("mode", "|idle"))).containsExactly(CPU0, UP);
    assertThat(select(not("job", ""))).containsExactly(UP);
    assertThat(select(notRegex("job", "节点"))).containsExactly(CPU0);
    assertThat(select(regex("nowhere", ".*"))).containsExactly(CPU0, UP);
    assertThat(select(regex("nowhere", ".+"))).isEmpty();
  }

  @Test
  void lists_label_names_and_values_in_utf8_order_up_to_a_limit() {
    append(CPU0, T0, 1);
    append(CPU1, T0, 1);
    append(UP, T0, 1);
    append(UP.with("job", "\uE000"), T0, 1);
    append(UP.with("job", "😀"), T0, 1);
    try (StoreReader reader = store.reader(0, Long.MAX_VALUE)) {
      assertThat(reader.labelNames(List.of(), 0)).containsExactly("__name__", "cpu", "job", "mode");
      assertThat(reader.labelNames(List.of(Matcher.equal("__name__", "up")), 0))
          .containsExactly("__name__", "job");
      assertThat(reader.labelNames(List.of(), 2)).containsExactly("__name__", "cpu");
      assertThat(reader.labelValues("job", List.of(), 0)).containsExactly("节点", "\uE000", "😀");
      assertThat(reader.labelValues("mode", List.of(Matcher.equal("cpu", "1")), 0))
          .containsExactly("user");
      assertThat(reader.labelValues("cpu", List.of(), 1)).containsExactly("0");
      assertThat(reader.labelValues("nowhere", List.of(), 0)).isEmpty();
    }
  }

  @Test
  void hides_what_was_deleted_and_takes_new_samples_after_it() {
    for (int i = 0; i < 10; i++) {
      append(CPU0, T0 + i * 1_000L, i);
      append(CPU1, T0 + i * 1_000L, i);
    }
    assertThat(store.delete(List.of(Matcher.equal("cpu", "0")), T0 + 2_000, T0 + 4_000))
        .isEqualTo(1);
    assertThat(read(CPU0, T0, T0 + 9_000).size()).isEqualTo(7);
    assertThat(read(CPU1, T0, T0 + 9_000).size()).isEqualTo(10);
    append(CPU0, T0 + 10_000, 10);
    assertThat(read(CPU0, T0, T0 + 10_000).size()).isEqualTo(8);
  }

  @Test
  void gives_one_identity_to_labels_in_another_order() {
    append(CPU0, T0, 1);
    byte[] a = io.evenkeel.model.LabelBytes.encode(Labels.of("__name__", "cpu"));
    byte[] b = io.evenkeel.model.LabelBytes.encode(Labels.of("cpu", "0", "mode", "idle"));
    byte[] swapped = new byte[a.length + b.length];
    System.arraycopy(b, 0, swapped, 0, b.length);
    System.arraycopy(a, 0, swapped, b.length, a.length);
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(swapped, 0, swapped.length), T0 + 1, 2.0);
    store.append(batch);
    assertThat(select(Matcher.equal("cpu", "0"))).containsExactly(CPU0);
    assertThat(read(CPU0, T0, T0 + 1).size()).isEqualTo(2);
  }

  @Test
  void refuses_labels_it_cannot_read_and_stores_the_rest_of_the_batch() {
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(new byte[] {0x0A, 0x7F, 0}, 0, 3), T0, 1.0);
    batch.addSample(batch.addSeries(CPU0), T0, 1.0);
    AppendReport report = store.append(batch);
    assertThat(report.samples()).isEqualTo(1);
    assertThat(report.rejected()).isEqualTo(Map.of(Rejection.INVALID_LABELS, 1));
    assertThat(report.details()).hasSize(1);
    assertThat(report.refused()).isEqualTo(1);
  }

  @Test
  void keeps_metadata_and_exemplars() {
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(CPU0);
    batch.addSample(series, T0, 1.0);
    Exemplar exemplar = new Exemplar(Labels.of("trace_id", "abc"), 0.7, T0);
    batch.addExemplar(series, exemplar);
    MetricMetadata cpu = new MetricMetadata("cpu", MetricType.COUNTER, "seconds", "Time.");
    MetricMetadata up = new MetricMetadata("up", MetricType.GAUGE, "", "Whether.");
    batch.addMetadata(up);
    batch.addMetadata(cpu);
    assertThat(store.append(batch).exemplars()).isEqualTo(1);
    assertThat(store.metadata("", 0)).containsExactly(cpu, up);
    assertThat(store.metadata("up", 0)).containsExactly(up);
    assertThat(store.metadata("", 1)).containsExactly(cpu);
    assertThat(store.exemplars(List.of(List.of(Matcher.equal("cpu", "0"))), T0, T0))
        .containsExactly(new TimeSeriesStore.SeriesExemplars(CPU0, List.of(exemplar)));
    assertThat(store.exemplars(List.of(List.of(Matcher.equal("cpu", "1"))), T0, T0)).isEmpty();
    assertThat(store.exemplars(List.of(List.of(Matcher.equal("cpu", "0"))), T0 + 1, T0 + 2))
        .isEmpty();
  }

  @Test
  void tells_its_own_figures() {
    append(CPU0, T0, 1);
    append(CPU0, T0 + 1_000, 1);
    append(CPU1, T0 + 2_000, 1);
    StoreStatistics statistics = store.statistics();
    assertThat(statistics.headSeries()).isEqualTo(2);
    assertThat(statistics.samplesAppended()).isEqualTo(3);
    assertThat(statistics.headMinTimeMillis()).isEqualTo(T0);
    assertThat(statistics.headMaxTimeMillis()).isEqualTo(T0 + 2_000);
    assertThat(statistics.readOnly()).isFalse();
  }

  @Test
  void serves_many_writers_and_readers_at_once() throws Exception {
    List<Thread> writers = new ArrayList<>();
    for (int w = 0; w < 4; w++) {
      Labels labels = Labels.of("__name__", "load", "writer", Integer.toString(w));
      writers.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 300; i++) {
                  append(labels, T0 - 300_000 + i * 1_000L, i);
                }
              }));
    }
    while (writers.stream().anyMatch(Thread::isAlive)) {
      try (StoreReader reader = store.reader(0, Long.MAX_VALUE)) {
        for (Series series : reader.select(List.of(Matcher.equal("__name__", "load")))) {
          SampleColumns columns = readAll(series, 0, Long.MAX_VALUE);
          for (int i = 0; i < columns.size(); i++) {
            assertThat(Double.longBitsToDouble(columns.valueBits()[i])).isEqualTo(i);
          }
        }
      }
    }
    for (Thread writer : writers) {
      writer.join();
    }
    for (int w = 0; w < 4; w++) {
      assertThat(
              read(Labels.of("__name__", "load", "writer", Integer.toString(w)), 0, Long.MAX_VALUE)
                  .size())
          .isEqualTo(300);
    }
  }

  @Test
  void refuses_a_histogram_whose_parts_contradict_each_other() {
    NativeHistogram good = histogram(3);
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(CPU0);
    batch.addHistogram(series, T0, histogram(7), 0);
    batch.addHistogram(series, T0 + 1, good, 0);
    AppendReport report = store.append(batch);
    assertThat(report.histograms()).isEqualTo(1);
    assertThat(report.rejected()).isEqualTo(Map.of(Rejection.INVALID_HISTOGRAM, 1));
    assertThat(read(CPU0, T0, T0 + 1).histogram(0)).isEqualTo(good);
  }

  @Test
  void compares_histograms_whole_when_a_time_repeats() {
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(CPU0);
    batch.addHistogram(series, T0, histogram(3), 0);
    batch.addHistogram(series, T0, histogram(3), 0);
    batch.addSample(series, T0, 4.5);
    assertThat(store.append(batch).rejected())
        .isEqualTo(Map.of(Rejection.DUPLICATE, 1, Rejection.CONFLICT, 1));
  }

  @Test
  void refuses_a_series_without_labels() {
    assertThat(append(Labels.empty(), T0, 1).rejected())
        .isEqualTo(Map.of(Rejection.INVALID_LABELS, 1));
  }

  @Test
  void takes_samples_again_where_some_were_deleted() {
    for (int i = 0; i < 10; i++) {
      append(CPU0, T0 + i * 1_000L, i);
    }
    store.delete(List.of(Matcher.equal("cpu", "0")), T0, T0 + 9_000);
    assertThat(read(CPU0, T0, T0 + 9_000).size()).isZero();
    assertThat(append(CPU0, T0 + 3_000, 33).samples()).isEqualTo(1);
    SampleColumns columns = read(CPU0, T0, T0 + 9_000);
    assertThat(columns.size()).isEqualTo(1);
    assertThat(Double.longBitsToDouble(columns.valueBits()[0])).isEqualTo(33.0);
  }

  @Test
  void gives_a_selected_series_as_it_was_then() {
    append(CPU0, T0, 1);
    try (StoreReader reader = store.reader(0, Long.MAX_VALUE)) {
      Series selected = reader.select(List.of(Matcher.equal("cpu", "0"))).getFirst();
      append(CPU0, T0 + 1_000, 2);
      append(CPU0, T0 - 1_000, 0);
      assertThat(readAll(selected, 0, Long.MAX_VALUE).size()).isEqualTo(1);
    }
    assertThat(read(CPU0, 0, Long.MAX_VALUE).size()).isEqualTo(3);
  }

  /// The store under test.
  protected final TimeSeriesStore store() {
    return store;
  }

  /// Appends one number.
  protected final AppendReport append(Labels labels, long timestampMillis, double value) {
    return appendBits(labels, timestampMillis, Double.doubleToRawLongBits(value));
  }

  private AppendReport appendBits(Labels labels, long timestampMillis, long bits) {
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(labels), timestampMillis, bits);
    return store.append(batch);
  }

  private SampleColumns read(Labels labels, long from, long to) {
    try (StoreReader reader = store.reader(from, to)) {
      List<Matcher> matchers =
          labels.toMap().entrySet().stream()
              .map(e -> Matcher.equal(e.getKey(), e.getValue()))
              .toList();
      for (Series series : reader.select(matchers)) {
        if (series.labels().equals(labels)) {
          return readAll(series, from, to);
        }
      }
      return new SampleColumns(0);
    }
  }

  private static SampleColumns readAll(Series series, long from, long to) {
    SampleColumns columns = new SampleColumns(16);
    SampleCursor cursor = series.samples(from, to);
    while (cursor.read(columns, 1_000) > 0) {}
    return columns;
  }

  private List<Labels> select(Matcher... matchers) {
    try (StoreReader reader = store.reader(0, Long.MAX_VALUE)) {
      return reader.select(List.of(matchers)).stream().map(Series::labels).toList();
    }
  }

  private static Matcher not(String name, String value) {
    return new Matcher(name, Matcher.Operator.NOT_EQUAL, value);
  }

  private static Matcher regex(String name, String value) {
    return new Matcher(name, Matcher.Operator.MATCHES, value);
  }

  private static Matcher notRegex(String name, String value) {
    return new Matcher(name, Matcher.Operator.MATCHES_NOT, value);
  }

  private static NativeHistogram histogram(double count) {
    return new NativeHistogram(
        2,
        true,
        NativeHistogram.ResetHint.NO,
        0.001,
        1,
        count,
        4.5,
        List.of(new NativeHistogram.Span(-3, 1), new NativeHistogram.Span(2, 1)),
        new double[] {1, 1},
        List.of(),
        new double[0],
        new double[0]);
  }
}
