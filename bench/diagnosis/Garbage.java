import java.util.ArrayDeque;
import java.util.Deque;

/// Allocates with a heap that is nearly full, so that the collector has no rest.
class Garbage {
  public static void main(String[] args) {
    long most = Runtime.getRuntime().maxMemory();
    Deque<byte[]> kept = new ArrayDeque<>();
    while (true) {
      kept.addLast(new byte[1024]);
      if (kept.size() * 1100L > most * 6 / 10) {
        kept.removeFirst();
      }
    }
  }
}
