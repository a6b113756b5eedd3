import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A healthy service: a pool of threads, most of them waiting, that answers so many requests a second with some work and
/// garbage each. argv: requests a second.
class Service {
  static volatile long sink;

  public static void main(String[] args) throws InterruptedException {
    long gapMicros = 1_000_000 / Long.parseLong(args[0]);
    try (var pool = Executors.newFixedThreadPool(32)) {
      while (true) {
        pool.execute(() -> {
          byte[] answer = new byte[16 << 10];
          for (int i = 0; i < answer.length; i++) {
            answer[i] = (byte) (i * 31 + sink);
          }
          sink += answer[7];
        });
        TimeUnit.MICROSECONDS.sleep(gapMicros);
      }
    }
  }
}
