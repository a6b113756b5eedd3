package io.evenkeel.agent.collect.disk;

import io.evenkeel.agent.collect.kernel.LibC.FileSystemSize;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Asks file systems for their sizes without being held up by one that hangs.
///
/// A network file system whose server is gone, or a disk that is dying, blocks statvfs for good. So
/// every mount is asked on another thread; one that does not answer in time keeps that thread until
/// it comes back, is not asked again meanwhile, and holds up nobody else. All mounts together hold
/// up the caller for at most about [#PATIENCE_MILLIS]. Used by one thread.
final class PatientSizes implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 300;
  private static final long LEAST_MILLIS = 10;

  private final Question question;
  private final ExecutorService asking =
      Executors.newCachedThreadPool(Thread.ofPlatform().name("statvfs-", 0).daemon(true).factory());
  private final Map<String, Future<FileSystemSize>> hanging = new HashMap<>();
  private long deadline;

  /// What is asked of a mount; may block.
  interface Question {
    FileSystemSize size(String path) throws IOException;
  }

  /// What came of asking.
  sealed interface Answer {
    record Told(FileSystemSize size) implements Answer {}

    /// No answer in this round, for the first time: a busy machine, or the beginning of a fault.
    record Late() implements Answer {}

    /// An error, or silence since an earlier round.
    record Failing() implements Answer {}
  }

  PatientSizes(Question question) {
    this.question = question;
  }

  /// Begins a round, in which `mounts` will be asked.
  void begin(Set<String> mounts) {
    hanging.keySet().retainAll(mounts);
    deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
  }

  /// Asks for a mount's size, or whether the answer to an earlier question has come.
  Answer size(String path) {
    Future<FileSystemSize> running = hanging.get(path);
    Future<FileSystemSize> answer =
        running == null ? asking.submit(() -> question.size(path)) : running;
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    try {
      FileSystemSize size =
          answer.get(running == null ? Math.max(LEAST_MILLIS, left) : 0, TimeUnit.MILLISECONDS);
      hanging.remove(path);
      return new Answer.Told(size);
    } catch (TimeoutException e) {
      hanging.put(path, answer);
      return running == null ? new Answer.Late() : new Answer.Failing();
    } catch (ExecutionException e) {
      hanging.remove(path);
      return new Answer.Failing();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Late();
    }
  }

  @Override
  public void close() {
    asking.shutdownNow();
  }
}
