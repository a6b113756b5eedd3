package io.evenkeel.hub.ingest;

import io.evenkeel.model.wire.WireException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The memory that the decoded bodies of all deliveries together may take: each waits, for a while,
/// until there is room for its own. Safe for use by many threads.
public final class IngestRoom {
  private static final int ROOM_KIB = 32 << 10;
  private static final Duration WAIT = Duration.ofSeconds(5);

  private final Semaphore room = new Semaphore(ROOM_KIB, true);

  /// Too many deliveries are being taken in at once.
  public static final class OverloadedException extends Exception {
    private static final long serialVersionUID = 1L;

    OverloadedException() {
      super("the hub takes in as many requests as it has memory for: try again in a moment");
    }
  }

  /// What is done while there is room.
  interface Work<T> {
    T run() throws WireException;
  }

  /// Waits for room for some bytes and keeps it while the work is done.
  <T> T with(long bytes, Work<T> work)
      throws WireException, OverloadedException, InterruptedException {
    int need = (int) Math.min(ROOM_KIB, (bytes >> 10) + 1);
    if (!room.tryAcquire(need, WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new OverloadedException();
    }
    try {
      return work.run();
    } finally {
      room.release(need);
    }
  }
}
