package io.evenkeel.hub.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FairPoolTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final FairPool pool = new FairPool(3, 8);
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch done = new CountDownLatch(1);

  @AfterEach
  void close() {
    done.countDown();
    callers.shutdownNow();
    pool.close();
  }

  private Future<String> ask(String caller) {
    return callers.submit(() ->
        pool.compute(
            caller,
            LONG,
            () -> false,
            () -> {
              done.await();
              return caller;
            }));
  }

  private void hold(String caller) {
    var unused = ask(caller);
  }

  private void awaitFigures(int running, int waiting) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> pool.figures().running() == running && pool.figures().waiting() == waiting);
  }

  @Test
  void a_greedy_caller_leaves_a_thread_to_the_others() throws Exception {
    for (int i = 0; i < 5; i++) {
      hold("greedy");
    }
    awaitFigures(2, 3);
    assertThat(pool.compute("modest", LONG, () -> false, () -> "answer")).isEqualTo("answer");
  }

  @Test
  void a_greedy_caller_leaves_half_of_the_queue_to_the_others() {
    for (int i = 0; i < 6; i++) {
      hold("greedy");
    }
    awaitFigures(2, 4);
    assertThatThrownBy(() -> pool.compute("greedy", LONG, () -> false, () -> "x"))
        .isInstanceOf(BusyException.class);
    assertThat(pool.figures().refused()).isEqualTo(1);
    hold("other");
    awaitFigures(3, 4);
  }

  @Test
  void everything_is_answered_in_the_end() throws Exception {
    Future<String> first = ask("a");
    Future<String> second = ask("b");
    Future<String> third = ask("c");
    Future<String> fourth = ask("a");
    awaitFigures(3, 1);
    done.countDown();
    assertThat(first.get() + second.get() + third.get() + fourth.get()).isEqualTo("abca");
    awaitFigures(0, 0);
  }

  @Test
  void who_waits_too_long_is_told_so_and_leaves_the_queue() {
    hold("a");
    hold("a");
    awaitFigures(2, 0);
    assertThatThrownBy(() -> pool.compute("a", Duration.ofMillis(20), () -> false, () -> "x"))
        .isInstanceOf(TimeoutException.class);
    awaitFigures(2, 0);
  }

  @Test
  void work_whose_caller_went_away_is_interrupted() {
    AtomicBoolean gone = new AtomicBoolean();
    CountDownLatch interrupted = new CountDownLatch(1);
    Future<String> asked =
        callers.submit(() ->
            pool.compute(
                "a",
                LONG,
                gone::get,
                () -> {
                  try {
                    new CountDownLatch(1).await();
                    return "never";
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                  }
                }));
    awaitFigures(1, 0);
    gone.set(true);
    assertThatThrownBy(asked::get).hasCauseInstanceOf(FairPool.AbandonedException.class);
    await().atMost(Duration.ofSeconds(60)).until(() -> interrupted.getCount() == 0);
    awaitFigures(0, 0);
    await().atMost(LONG).until(() -> pool.figures().abandoned() == 1);
  }

  @Test
  void an_exception_of_the_work_reaches_the_caller_as_it_is() {
    assertThatThrownBy(() ->
            pool.compute(
                "a",
                LONG,
                () -> false,
                () -> {
                  throw new IllegalArgumentException("mine");
                }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mine");
    awaitFigures(0, 0);
  }
}
