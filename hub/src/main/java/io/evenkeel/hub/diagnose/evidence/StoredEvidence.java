package io.evenkeel.hub.diagnose.evidence;

import io.evenkeel.model.Label;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.Queryable;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import java.util.List;

/// Reads what a store keeps of a host.
public final class StoredEvidence {
  private static final int PORTION = 1024;

  private StoredEvidence() {}

  /// The samples of a host in a closed interval, epoch milliseconds.
  public static EvidenceWindow of(Queryable store, String host, long fromMillis, long toMillis) {
    EvidenceWindow window = new EvidenceWindow();
    List<Matcher> matchers =
        List.of(
            Matcher.equal(Label.INSTANCE, host),
            Matcher.equal(Label.JOB, "node"),
            new Matcher(Label.METRIC_NAME, Matcher.Operator.MATCHES, Measures.EXPRESSION));
    try (StoreReader reader = store.reader(fromMillis, toMillis)) {
      SampleColumns columns = new SampleColumns(PORTION);
      for (Series series : reader.select(matchers)) {
        SampleCursor cursor = series.samples(fromMillis, toMillis);
        while (cursor.read(columns, PORTION) > 0) {
          for (int i = 0; i < columns.size(); i++) {
            if (columns.histogram(i) == null && !StaleMarker.is(columns.valueBits()[i])) {
              window.add(
                  series.labels(),
                  columns.times()[i],
                  Double.longBitsToDouble(columns.valueBits()[i]));
            }
          }
          columns.clear();
        }
      }
    }
    return window;
  }
}
