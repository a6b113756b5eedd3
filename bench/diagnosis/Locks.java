import java.util.concurrent.ThreadLocalRandom;

/// Threads that all want one lock, each for some microseconds. argv: how many threads, microseconds.
class Locks {
  private static final Object LOCK = new Object();

  public static void main(String[] args) {
    long nanos = Long.parseLong(args[1]) * 1000;
    for (int i = 0; i < Integer.parseInt(args[0]); i++) {
      Thread.ofPlatform().start(() -> {
        while (true) {
          synchronized (LOCK) {
            work(nanos);
          }
          work(nanos / 8);
        }
      });
    }
  }

  private static void work(long nanos) {
    long until = System.nanoTime() + nanos;
    while (System.nanoTime() - until < 0) {
      ThreadLocalRandom.current().nextInt();
    }
  }
}
