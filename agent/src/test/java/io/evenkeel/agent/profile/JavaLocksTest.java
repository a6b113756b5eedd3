package io.evenkeel.agent.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class JavaLocksTest {
  /// Threads that want one monitor or one lock, which a thread holds for good.
  static final class Held {
    private static final Object MONITOR = new Object();

    private Held() {}

    public static void main(String[] args) throws InterruptedException {
      synchronized (MONITOR) {
        for (int i = 0; i < 5; i++) {
          Thread.ofPlatform().daemon(true).start(Held::enter);
        }
        System.out.println("ready");
        Thread.sleep(Long.parseLong(args[0]) * 1_000);
      }
    }

    private static void enter() {
      synchronized (MONITOR) {
        System.out.println("never");
      }
    }
  }

  @Test
  void threads_at_one_monitor_or_lock_count_and_those_that_wait_for_work_do_not() {
    String dump =
        """
        "worker-1" #31 [100] prio=5 os_prio=0 cpu=1.00ms waiting for monitor entry  [0x00007f]
           java.lang.Thread.State: BLOCKED (on object monitor)
        \tat Shop.take(Shop.java:9)
        \t- waiting to lock <0x00000000f5c3a1b8> (a java.lang.Object)

        "worker-2" #32 [101] prio=5 os_prio=0 cpu=1.00ms waiting for monitor entry  [0x00007f]
           java.lang.Thread.State: BLOCKED (on object monitor)
        \tat Shop.take(Shop.java:9)
        \t- waiting to lock <0x00000000f5c3a1b8> (a java.lang.Object)

        "worker-3" #33 [102] prio=5 os_prio=0 cpu=1.00ms waiting on condition  [0x00007f]
           java.lang.Thread.State: WAITING (parking)
        \t- parking to wait for  <0x00000000f5c3b000> (a java.util.concurrent.locks.ReentrantLock$NonfairSync)

        "pool-1" #34 [103] prio=5 os_prio=0 cpu=1.00ms waiting on condition  [0x00007f]
           java.lang.Thread.State: WAITING (parking)
        \t- parking to wait for  <0x00000000f5c3c000> (a java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject)

        "pool-2" #35 [104] prio=5 os_prio=0 cpu=1.00ms waiting on condition  [0x00007f]
           java.lang.Thread.State: WAITING (parking)
        \t- parking to wait for  <0x00000000f5c3c000> (a java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject)

        "pool-3" #36 [105] prio=5 os_prio=0 cpu=1.00ms waiting on condition  [0x00007f]
           java.lang.Thread.State: WAITING (parking)
        \t- parking to wait for  <0x00000000f5c3c000> (a java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject)
        """;
    assertThat(JavaLocks.most(dump)).isEqualTo(2);
    assertThat(JavaLocks.most(dump.replace("java.lang.Object", "com.acme.Shop$Till"))).isEqualTo(2);
    assertThat(JavaLocks.most("")).isZero();
  }

  @Test
  void a_running_process_is_asked() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "processes are known by /proc");
    Path place =
        Path.of(Held.class.getProtectionDomain().getCodeSource().getLocation().toURI().getPath());
    Process held =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "-cp",
                place.toString(),
                Held.class.getName(),
                "300")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(held.inputReader().readLine()).isEqualTo("ready");
      await()
          .atMost(Duration.ofSeconds(180))
          .until(() -> JavaLocks.waiting((int) held.pid()).equals(OptionalInt.of(5)));
    } finally {
      held.destroyForcibly();
    }
  }

  @Test
  void who_is_no_java_process_or_gone_has_no_answer() throws Exception {
    Process sleeping = new ProcessBuilder("sleep", "300").start();
    assertThat(JavaLocks.waiting((int) sleeping.pid())).isEmpty();
    sleeping.destroyForcibly().waitFor();
    assertThat(JavaLocks.waiting((int) sleeping.pid())).isEmpty();
  }
}
