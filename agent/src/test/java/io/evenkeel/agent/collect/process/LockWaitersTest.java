package io.evenkeel.agent.collect.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The lines are as x86-64 and arm64 kernels write them, with the number of the call of this one.
class LockWaitersTest {
  private static final String FUTEX =
      System.getProperty("os.arch").equals("aarch64") ? "98" : "202";
  private static final String MUTEX =
      FUTEX + " 0x55f3ef44c5a0 0x80 0x2 0x0 0x0 0x0 0x7f54552baa78 0x7f5455400000";
  private static final String OTHER_MUTEX =
      FUTEX + " 0x55f3ef44c600 0x80 0x2 0x0 0x0 0x0 0x7f54552baa78 0x7f5455400000";
  private static final String INHERITING =
      FUTEX + " 0x55f3ef44c700 0x86 0x0 0x0 0x0 0x0 0x7f54552baa78 0x7f5455400000";
  private static final String CONDITION =
      FUTEX + " 0x7f54552bb990 0x189 0x0 0x0 0x0 0xffffffff 0x7ffd741 0x7f5455400000";
  private static final String POLL = "7 0x7ffd 0x1 0xffffffff 0x0 0x0 0x0 0x7ffd741 0x7f5455400000";

  private static int most(String... calls) {
    LockWaiters waiters = new LockWaiters();
    Stream.of(calls).forEach(waiters::add);
    return waiters.most();
  }

  @Test
  void counts_the_threads_at_the_lock_that_most_wait_for() {
    assertThat(most(MUTEX, OTHER_MUTEX, MUTEX, "running", MUTEX, OTHER_MUTEX, POLL)).isEqualTo(3);
    assertThat(most(INHERITING, INHERITING)).isEqualTo(2);
  }

  @Test
  void an_idle_pool_waits_for_a_condition_and_a_parked_thread_alone() {
    assertThat(most(CONDITION, CONDITION, CONDITION, MUTEX, OTHER_MUTEX)).isZero();
  }

  @Test
  void nothing_else_is_a_wait_for_a_lock() {
    assertThat(most("", "running", "-1 0x0 0x0", POLL, POLL, FUTEX, FUTEX + " 0x1 what 0x2"))
        .isZero();
  }
}
