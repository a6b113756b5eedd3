package io.evenkeel.hub.clean;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.clean.KnownSeries.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnownSeriesTest {
  private static final Owner OWNER = new Owner("host", null);
  private static final SeriesKind[] KINDS = SeriesKind.values();

  private static final int MOST = 1 << 19;

  private final KnownSeries known = new KnownSeries(MOST);

  @Test
  void finds_series_in_the_order_they_came_and_in_any_other() {
    long[] hashes = new Random(1).longs(20_000).toArray();
    for (int i = 0; i < hashes.length; i++) {
      known.put(hashes[i], kind(i), OWNER);
    }
    assertAllAreFound(hashes, 1);
    assertAllAreFound(hashes, 7);
    // The followers that were noted in another order mislead nobody.
    assertAllAreFound(hashes, 1);
  }

  private void assertAllAreFound(long[] hashes, int step) {
    KnownSeries.Table table = known.table();
    int before = KnownSeries.UNKNOWN;
    for (int n = 0, i = 0; n < hashes.length; n++, i = (i + step) % hashes.length) {
      before = table.find(before, hashes[i]);
      assertThat(before).isNotEqualTo(KnownSeries.UNKNOWN);
      assertThat(table.kind(before)).isEqualTo(kind(i));
    }
  }

  @Test
  void does_not_know_what_was_not_entered_wherever_it_is_asked() {
    KnownSeries.Table table = known.put(5, kind(0), OWNER);
    int five = table.find(KnownSeries.UNKNOWN, 5);
    assertThat(table.find(KnownSeries.UNKNOWN, 6)).isEqualTo(KnownSeries.UNKNOWN);
    assertThat(table.find(five, 6)).isEqualTo(KnownSeries.UNKNOWN);
    // A place that nobody has taken yet holds a hash of zero.
    assertThat(table.find(five, 0)).isEqualTo(KnownSeries.UNKNOWN);
    assertThat(known.put(0, kind(1), OWNER).find(five, 0)).isEqualTo(five + 1);
  }

  @Test
  void forgets_all_when_it_is_full_and_goes_on() {
    for (long hash = 1; hash <= MOST; hash++) {
      known.put(LabelScan.mix(hash), kind(0), OWNER);
    }
    KnownSeries.Table full = known.table();
    assertThat(full.find(KnownSeries.UNKNOWN, LabelScan.mix(1))).isZero();
    KnownSeries.Table anew = known.put(LabelScan.mix(0), kind(2), OWNER);
    assertThat(anew.find(KnownSeries.UNKNOWN, LabelScan.mix(1))).isEqualTo(KnownSeries.UNKNOWN);
    assertThat(anew.find(KnownSeries.UNKNOWN, LabelScan.mix(0))).isZero();
    // Whoever is reading goes on with what was.
    assertThat(full.find(KnownSeries.UNKNOWN, LabelScan.mix(1))).isZero();
  }

  @Test
  void tells_each_reader_the_truth_while_others_enter_series() throws Exception {
    long[] hashes = new Random(2).longs(50_000).toArray();
    List<Thread> threads = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      int first = t;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                int before = KnownSeries.UNKNOWN;
                KnownSeries.Table table = known.table();
                for (int n = 0; n < hashes.length; n++) {
                  int i = (n + first * 100) % hashes.length;
                  int found = table.find(before, hashes[i]);
                  if (found == KnownSeries.UNKNOWN) {
                    table = known.put(hashes[i], kind(i), OWNER);
                    found = table.find(KnownSeries.UNKNOWN, hashes[i]);
                  }
                  if (found < 0
                      || table.kind(found) != kind(i)
                      || !OWNER.equals(table.owner(found))) {
                    synchronized (wrong) {
                      wrong.add("series " + i + " as number " + found);
                    }
                  }
                  before = Math.max(found, KnownSeries.UNKNOWN);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(wrong).isEmpty();
    assertAllAreFound(hashes, 1);
  }

  private static SeriesKind kind(int series) {
    return KINDS[Math.floorMod(series, KINDS.length)];
  }
}
