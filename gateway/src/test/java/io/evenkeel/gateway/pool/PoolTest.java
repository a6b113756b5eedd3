package io.evenkeel.gateway.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.HealthCheck;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.event.GatewayEvent;
import io.evenkeel.gateway.policy.WeightChange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoolTest {
  private static final long SECOND = 1_000_000_000L;
  private final List<GatewayEvent> events = new ArrayList<>();
  private final Random random = new Random(5);

  private static PoolConfig config(int backends) {
    List<BackendConfig> configs = new ArrayList<>();
    for (int i = 0; i < backends; i++) {
      configs.add(BackendConfig.of("b" + i, "127.0.0.1", 9000 + i));
    }
    return PoolConfig.of("p", "round-robin", configs);
  }

  private Pool pool(PoolConfig config) {
    return new Pool(config, random::nextInt, events::add, 0);
  }

  private static Backend acquire(Pool pool, long key, List<Backend> tried, long now) {
    return Objects.requireNonNull(pool.acquire(key, tried, now));
  }

  private static void fail(Pool pool, Backend backend, long now) {
    pool.release(backend, 0, now, 0, Ending.FAILED, now);
  }

  @Test
  void counts_a_request_in_flight_until_it_ends() {
    Pool pool = pool(config(2));
    Backend backend = acquire(pool, 0, List.of(), 0);
    assertThat(backend.inFlight()).isEqualTo(1);
    assertThat(pool.active()).isEqualTo(1);
    pool.release(backend, 0, 0, 200, Ending.ANSWERED, SECOND);
    assertThat(backend.inFlight()).isZero();
    assertThat(pool.active()).isZero();
    assertThat(pool.state().backends())
        .extracting(b -> b.traffic().requests())
        .containsExactlyInAnyOrder(1L, 0L);
  }

  @Test
  void a_retry_goes_elsewhere_unless_there_is_no_elsewhere() {
    Pool pool = pool(config(2));
    Backend first = acquire(pool, 0, List.of(), 0);
    for (int i = 0; i < 10; i++) {
      assertThat(acquire(pool, 0, List.of(first), 0)).isNotSameAs(first);
    }
    Pool single = pool(config(1));
    Backend only = acquire(single, 0, List.of(), 0);
    assertThat(acquire(single, 0, List.of(only), 0)).isSameAs(only);
  }

  @Test
  void ejects_a_backend_that_fails_and_tries_it_again_with_one_request() {
    Pool pool = pool(config(3));
    Backend bad = pool.members().getFirst();
    while (events.isEmpty()) {
      Backend picked = acquire(pool, 0, List.of(), 0);
      if (picked == bad) {
        fail(pool, picked, 0);
      } else {
        pool.release(picked, 0, 0, 200, Ending.ANSWERED, 0);
      }
    }
    assertThat(events.getFirst()).isInstanceOf(GatewayEvent.Ejected.class);
    for (int i = 0; i < 20; i++) {
      assertThat(acquire(pool, 0, List.of(), 0)).isNotSameAs(bad);
    }
    pool.tick(31 * SECOND);
    int trials = 0;
    for (int i = 0; i < 20; i++) {
      trials += acquire(pool, 0, List.of(), 31 * SECOND) == bad ? 1 : 0;
    }
    assertThat(trials).isEqualTo(1);
    pool.release(bad, 0, 31 * SECOND, 200, Ending.ANSWERED, 31 * SECOND);
    assertThat(bad.weight()).as("slow start").isEqualTo(0.1);
    pool.tick(36 * SECOND);
    assertThat(bad.weight()).isEqualTo(0.5);
    pool.tick(41 * SECOND);
    assertThat(bad.weight()).isEqualTo(1);
  }

  @Test
  void never_ejects_more_than_a_tenth_and_never_the_only_one() {
    Pool pool = pool(config(4));
    for (Backend backend : pool.members()) {
      for (int i = 0; i < 10; i++) {
        fail(pool, backend, 0);
      }
    }
    assertThat(events).hasSize(1);
    Pool single = pool(config(1));
    for (int i = 0; i < 10; i++) {
      fail(single, single.members().getFirst(), 0);
    }
    assertThat(acquire(single, 0, List.of(), 0)).isNotNull();
  }

  @Test
  void takes_a_backend_out_when_its_checks_fail_and_uses_all_when_most_do() {
    Pool pool =
        pool(config(3).withHealth(PoolConfig.Health.USUAL.withCheck(HealthCheck.http("/"))));
    for (int i = 0; i < 3; i++) {
      pool.checked(pool.members().get(0), "it answers 500", 0);
    }
    for (int i = 0; i < 9; i++) {
      assertThat(acquire(pool, 0, List.of(), 0).name()).isNotEqualTo("b0");
    }
    for (int i = 0; i < 3; i++) {
      pool.checked(pool.members().get(1), "it answers 500", 0);
    }
    assertThat(events.getLast()).isEqualTo(new GatewayEvent.Panic("p", true, 1, 3));
    List<String> used = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      used.add(acquire(pool, 0, List.of(), 0).name());
    }
    assertThat(used).contains("b0", "b1", "b2");
    pool.checked(pool.members().get(0), "", 0);
    pool.checked(pool.members().get(0), "", 0);
    assertThat(events.getLast()).isEqualTo(new GatewayEvent.Panic("p", false, 2, 3));
  }

  @Test
  void a_drained_backend_gets_nothing_new_and_ends_what_it_has() {
    Pool pool = pool(config(2));
    Backend running = acquire(pool, 0, List.of(), 0);
    assertThat(pool.setDraining(running.name(), true, 0)).isTrue();
    for (int i = 0; i < 10; i++) {
      assertThat(acquire(pool, 0, List.of(), 0)).isNotSameAs(running);
    }
    pool.release(running, 0, 0, 200, Ending.ANSWERED, 1);
    assertThat(running.inFlight()).isZero();
    pool.setDraining(running.name(), false, 2);
    assertThat(running.weight()).isEqualTo(0.1);
    assertThat(pool.setDraining("nobody", true, 0)).isFalse();
  }

  private static final class Waiting implements Waiter {
    private final List<String> got = new ArrayList<>();

    @Override
    public long key() {
      return 0;
    }

    @Override
    public long deadlineNanos() {
      return 2 * SECOND;
    }

    @Override
    public boolean granted(Backend backend) {
      got.add(backend.name());
      return true;
    }

    @Override
    public void expired() {
      got.add("expired");
    }
  }

  @Test
  void queues_requests_above_the_limit_in_their_order_and_sheds_what_the_queue_cannot_hold() {
    Pool pool =
        pool(
            config(1)
                .withLoad(new PoolConfig.Load(2, new PoolConfig.Queue(2, Duration.ofSeconds(2)))));
    Backend one = acquire(pool, 0, List.of(), 0);
    acquire(pool, 0, List.of(), 0);
    assertThat(pool.acquire(0, List.of(), 0)).isNull();
    Waiting first = new Waiting();
    Waiting second = new Waiting();
    assertThat(pool.await(first, 0)).isTrue();
    assertThat(pool.await(second, 0)).isTrue();
    assertThat(pool.await(new Waiting(), 0)).isFalse();
    pool.release(one, 0, 0, 200, Ending.ANSWERED, 1);
    assertThat(first.got).containsExactly("b0");
    assertThat(second.got).isEmpty();
    pool.tick(2 * SECOND);
    assertThat(second.got).containsExactly("expired");
    assertThat(pool.state().shed()).isEqualTo(2);
    assertThat(pool.active()).isEqualTo(2);
  }

  @Test
  void another_configuration_keeps_the_backends_that_stay() {
    Pool pool = pool(config(2));
    Backend kept = pool.members().get(1);
    Backend running = acquire(pool, 0, List.of(kept), 0);
    pool.update(
        config(2)
            .withBackends(
                List.of(
                    new BackendConfig("b1", kept.address(), 3, java.util.Optional.empty()),
                    BackendConfig.of("new", "127.0.0.1", 9100))),
        Instant.EPOCH,
        0);
    assertThat(pool.members()).hasSize(2).contains(kept).doesNotContain(running);
    assertThat(running.isGone()).isTrue();
    assertThat(kept.weight()).isEqualTo(3);
    assertThat(pool.state().weightChanges().getFirst().reason())
        .isEqualTo(WeightChange.Reason.CONFIGURED);
    pool.release(running, 0, 0, 200, Ending.ANSWERED, 1);
    assertThat(running.inFlight()).isZero();
  }

  @Test
  void every_change_of_a_weight_is_kept_with_its_reason() {
    Pool pool = pool(config(2));
    var change =
        new WeightChange(
            "b0",
            1,
            0,
            WeightChange.Reason.SET_BY_HAND,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            Instant.EPOCH);
    assertThat(pool.changeWeight(change)).isTrue();
    assertThat(pool.state().weightChanges()).containsExactly(change);
    assertThat(events).contains(new GatewayEvent.WeightChanged("p", change));
    for (int i = 0; i < 5; i++) {
      assertThat(acquire(pool, 0, List.of(), 0).name()).isEqualTo("b1");
    }
  }

  @Test
  void requests_in_flight_come_back_to_zero_whatever_happens() {
    Pool pool =
        pool(config(5).withLoad(new PoolConfig.Load(3, new PoolConfig.Queue(0, Duration.ZERO))));
    List<Backend> running = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      long now = step * 10_000_000L;
      if (random.nextBoolean()) {
        Backend backend = pool.acquire(random.nextLong(), List.of(), now);
        if (backend != null) {
          running.add(backend);
        }
      } else if (!running.isEmpty()) {
        Backend backend = running.remove(random.nextInt(running.size()));
        Ending ending = Ending.values()[random.nextInt(4)];
        pool.release(backend, 1, now, random.nextInt(100) < 90 ? 200 : 503, ending, now);
      }
      if (step % 100 == 0) {
        pool.tick(now);
        pool.setDraining("b" + random.nextInt(5), random.nextBoolean(), now);
      }
    }
    for (Backend backend : running) {
      pool.release(backend, 0, 0, 200, Ending.ANSWERED, 0);
    }
    assertThat(pool.active()).isZero();
    assertThat(pool.members()).allMatch(backend -> backend.inFlight() == 0);
  }
}
