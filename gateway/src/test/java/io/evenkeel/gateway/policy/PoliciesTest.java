package io.evenkeel.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoliciesTest {
  private static final long SECOND = 1_000_000_000L;

  private static final class Fake implements Peer {
    private final long id;
    private final double weight;
    private final LatencyEstimate latency = new LatencyEstimate();
    private int inFlight;
    private long lastPicked;

    private Fake(long id, double weight) {
      this.id = id;
      this.weight = weight;
    }

    @Override
    public long id() {
      return id;
    }

    @Override
    public double weight() {
      return weight;
    }

    @Override
    public int inFlight() {
      return inFlight;
    }

    @Override
    public LatencyEstimate latency() {
      return latency;
    }

    @Override
    public long lastPickedNanos() {
      return lastPicked;
    }
  }

  private static Fake[] peers(double... weights) {
    Fake[] peers = new Fake[weights.length];
    for (int i = 0; i < weights.length; i++) {
      peers[i] = new Fake(1000 + i, weights[i]);
    }
    return peers;
  }

  private static RandomSource seeded() {
    Random random = new Random(7);
    return random::nextInt;
  }

  @Test
  void smooth_weighted_round_robin_spreads_5_1_1_as_nginx_does() {
    var policy = new SmoothWeightedRoundRobin();
    Fake[] peers = peers(5, 1, 1);
    StringBuilder picks = new StringBuilder();
    for (int i = 0; i < 14; i++) {
      picks.append((char) ('a' + policy.pick(peers, 0, 0)));
    }
    assertThat(picks).hasToString("aabacaaaabacaa");
  }

  @Test
  void smooth_weighted_round_robin_meets_600_of_1000_exactly() {
    var policy = new SmoothWeightedRoundRobin();
    Fake[] peers = peers(3, 1, 1);
    int[] counts = new int[3];
    for (int i = 0; i < 1000; i++) {
      counts[policy.pick(peers, 0, 0)]++;
    }
    assertThat(counts).containsExactly(600, 200, 200);
  }

  @Test
  void smooth_weighted_round_robin_keeps_what_was_owed_when_the_set_changes() {
    var policy = new SmoothWeightedRoundRobin();
    Fake[] all = peers(1, 1, 1);
    policy.pick(all, 0, 0);
    Fake[] two = {all[0], all[2]};
    assertThat(policy.pick(two, 0, 0)).isEqualTo(1);
  }

  @Test
  void round_robin_takes_turns_and_leaves_weight_zero_out() {
    var policy = new RoundRobin();
    Fake[] peers = peers(1, 0, 9);
    List<Integer> picks = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      picks.add(policy.pick(peers, 0, 0));
    }
    assertThat(picks).doesNotContain(1).contains(0, 2);
  }

  @Test
  void least_requests_never_picks_the_busiest_of_two() {
    var policy = new LeastRequests(seeded());
    Fake[] peers = peers(1, 1);
    peers[0].inFlight = 5;
    for (int i = 0; i < 100; i++) {
      assertThat(policy.pick(peers, 0, 0)).isEqualTo(1);
    }
  }

  @Test
  void least_requests_gives_twice_the_weight_twice_the_load() {
    var policy = new LeastRequests(seeded());
    Fake[] peers = peers(1, 2);
    for (int i = 0; i < 300; i++) {
      peers[policy.pick(peers, 0, 0)].inFlight++;
    }
    assertThat((double) peers[1].inFlight / peers[0].inFlight).isCloseTo(2, within(0.05));
  }

  @Test
  void hot_cold_picks_the_fastest_of_the_cold_and_never_a_hot_one() {
    var policy = new HotCold(seeded());
    Fake[] peers = peers(1, 1, 1, 1);
    for (int i = 0; i < 4; i++) {
      peers[i].inFlight = i == 0 ? 50 : 3;
      peers[i].latency.observe(3, (i + 1) * 1_000_000L, false, SECOND);
    }
    for (int i = 0; i < 50; i++) {
      assertThat(policy.pick(peers, 0, SECOND)).isEqualTo(1);
    }
  }

  @Test
  void hot_cold_explores_a_backend_that_had_nothing_for_a_second() {
    var policy = new HotCold(seeded());
    Fake[] peers = peers(1, 1, 1);
    for (Fake peer : peers) {
      peer.lastPicked = 10 * SECOND;
      peer.latency.observe(0, 1_000_000, false, 10 * SECOND);
    }
    peers[2].latency.observe(0, 900_000_000, false, 10 * SECOND);
    assertThat(policy.pick(peers, 0, 10 * SECOND)).isNotEqualTo(2);
    peers[2].lastPicked = 8 * SECOND;
    assertThat(policy.pick(peers, 0, 10 * SECOND)).isEqualTo(2);
  }

  @Test
  void a_backend_that_fails_fast_does_not_look_fast() {
    Fake[] peers = peers(1, 1, 1);
    for (Fake peer : peers) {
      peer.latency.observe(0, 20_000_000, false, SECOND);
      peer.lastPicked = SECOND;
    }
    for (int i = 0; i < 20; i++) {
      peers[0].latency.observe(0, 100_000, true, SECOND + i);
    }
    var hotCold = new HotCold(seeded());
    var ewma = new PeakEwma(seeded());
    for (int i = 0; i < 100; i++) {
      assertThat(hotCold.pick(peers, 0, SECOND + 100)).isNotZero();
      assertThat(ewma.pick(new Peer[] {peers[0], peers[1]}, 0, SECOND + 100)).isEqualTo(1);
    }
  }

  @Test
  void peak_ewma_rises_at_once_and_halves_in_its_time() {
    var estimate = new LatencyEstimate();
    estimate.observe(0, 1_000_000, false, 0);
    estimate.observe(0, 100_000_000, false, 1);
    assertThat(estimate.peakNanos(1)).isCloseTo(1e8, within(1e3));
    assertThat(estimate.peakNanos((long) (10e9 * Math.log(2)))).isCloseTo(0.5e8, within(1e5));
  }

  @Test
  void latency_is_that_of_the_nearest_level_of_load() {
    var estimate = new LatencyEstimate();
    estimate.observe(0, 1_000_000, false, 0);
    estimate.observe(40, 80_000_000, false, 0);
    assertThat(estimate.atLoad(1)).isCloseTo(1e6, within(1.0));
    assertThat(estimate.atLoad(60)).isCloseTo(8e7, within(1.0));
  }

  @Test
  void a_key_stays_where_it_is_and_only_the_keys_of_a_lost_backend_move() {
    var policy = new RendezvousHash();
    Fake[] all = peers(1, 1, 1, 1);
    Fake[] without = {all[0], all[1], all[3]};
    int moved = 0;
    int[] counts = new int[4];
    for (long key = 0; key < 10_000; key++) {
      Peer before = all[policy.pick(all, key * 31, 0)];
      Peer after = without[policy.pick(without, key * 31, 0)];
      counts[(int) (before.id() - 1000)]++;
      if (before.id() != after.id()) {
        assertThat(before).isSameAs(all[2]);
        moved++;
      }
    }
    assertThat(moved).isEqualTo(counts[2]);
    for (int count : counts) {
      assertThat(count).isBetween(2300, 2700);
    }
  }

  @Test
  void a_popular_key_brings_no_backend_more_than_a_quarter_above_its_part() {
    var policy = new RendezvousHash();
    Fake[] peers = peers(1, 1, 2);
    for (int request = 1; request <= 2000; request++) {
      peers[policy.pick(peers, 42, 0)].inFlight++;
      for (Fake peer : peers) {
        double part = 1.25 * request * peer.weight / 4;
        assertThat(peer.inFlight).isLessThanOrEqualTo((int) Math.max(16, Math.ceil(part)));
      }
    }
    // One request less at the first of the ranking: the key is back where it belongs.
    int first = policy.pick(peers(1, 1, 2), 42, 0);
    peers[first].inFlight = 0;
    assertThat(policy.pick(peers, 42, 0)).isEqualTo(first);
  }

  @Test
  void hashing_follows_weights() {
    var policy = new RendezvousHash();
    Fake[] peers = peers(3, 1);
    int first = 0;
    for (long key = 0; key < 20_000; key++) {
      first += policy.pick(peers, key * 977, 0) == 0 ? 1 : 0;
    }
    assertThat(first / 20_000.0).isCloseTo(0.75, within(0.015));
  }

  @Test
  void sticky_returns_to_the_backend_that_the_cookie_names() {
    var policy = new Sticky(seeded());
    Fake[] peers = peers(1, 1, 1);
    peers[1].inFlight = 100;
    assertThat(policy.pick(peers, peers[1].id(), 0)).isEqualTo(1);
    assertThat(policy.pick(peers, 12345, 0)).isNotEqualTo(1);
  }

  @Test
  void every_policy_picks_within_the_set_and_knows_its_name() {
    assertThat(Policies.BY_NAME.keySet())
        .containsExactly(
            "least-requests",
            "round-robin",
            "weighted-round-robin",
            "hot-cold",
            "peak-ewma",
            "consistent-hash",
            "sticky");
    Random random = new Random(11);
    Policies.BY_NAME.forEach((name, make) -> {
      Policy policy = make.apply(random::nextInt);
      for (int round = 0; round < 2000; round++) {
        double[] weights = new double[1 + random.nextInt(8)];
        for (int i = 0; i < weights.length; i++) {
          weights[i] = 0.1 + random.nextDouble() * 5;
        }
        Fake[] peers = peers(weights);
        for (Fake peer : peers) {
          peer.inFlight = random.nextInt(50);
          peer.latency.observe(
              random.nextInt(50), random.nextInt(1 << 28), random.nextInt(9) == 0, round);
        }
        assertThat(policy.pick(peers, random.nextLong(), round))
            .as(name)
            .isBetween(0, peers.length - 1);
      }
    });
  }
}
