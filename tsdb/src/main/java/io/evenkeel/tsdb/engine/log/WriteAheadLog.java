package io.evenkeel.tsdb.engine.log;

import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes records durable, many at a time.
///
/// Writers leave records and wait; one thread takes all that have gathered, writes and forces them,
/// wakes their writers, and at once takes those that came meanwhile. So a single writer waits for
/// one force, and many share one, without a timer.
///
/// The thread is a platform thread that nobody interrupts, since an interrupt closes a file
/// channel. After a failed write or force nothing more goes into that file: what the file system
/// still holds of it is unknown, and a second force may succeed without having written. Every
/// waiting and every later writer is refused until [#continueWith] brings a new file.
public final class WriteAheadLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WriteAheadLog.class);

  /// Bytes that may gather before writers have to wait for the disk.
  private static final int MOST_GATHERED = 16 << 20;

  /// The records of one force, and the moment it is done.
  public static final class Commit {
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable IOException failure;

    private void end(@Nullable IOException problem) {
      failure = problem;
      done.countDown();
    }

    /// Waits until the records are durable.
    ///
    /// @throws StorageException when they could not be made so
    public void await() {
      boolean interrupted = false;
      while (true) {
        try {
          done.await();
          break;
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      IOException cause = failure;
      if (cause != null) {
        throw new StorageException(
            "the write-ahead log could not be written ("
                + cause.getMessage()
                + "); nothing of this batch is promised to be durable, send it again",
            cause);
      }
    }
  }

  /// What the file before still has to take, and the file after it.
  private record Turn(ByteWriter records, Commit commit, LogWriter next) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;

  private ByteWriter gathered = new ByteWriter(64 * 1024);
  private ByteWriter spare = new ByteWriter(64 * 1024);
  private Commit commit = new Commit();
  private LogWriter file;
  private @Nullable Turn turn;
  private @Nullable Commit inFlight;
  private boolean closed;
  private @Nullable IOException failure;
  private volatile long size;

  /// Starts the thread that writes to a new file.
  public WriteAheadLog(LogWriter file) {
    this.file = file;
    this.thread = Thread.ofPlatform().name("tsdb-log").daemon(true).start(this::run);
  }

  /// Leaves one record; it is durable once the commit says so.
  public Commit append(ByteWriter record) {
    lock.lock();
    try {
      while (gathered.size() > MOST_GATHERED && failure == null && !closed) {
        changed.awaitUninterruptibly();
      }
      refuseUnlessUsable();
      gathered.i32(record.size());
      gathered.put(record.array(), 0, record.size());
      changed.signalAll();
      return commit;
    } finally {
      lock.unlock();
    }
  }

  /// The commit of the newest record that may not be durable yet, or null when all are.
  public @Nullable Commit newest() {
    lock.lock();
    try {
      refuseUnlessUsable();
      if (gathered.size() > 0) {
        return commit;
      }
      return turn != null && turn.records.size() > 0 ? turn.commit : inFlight;
    } finally {
      lock.unlock();
    }
  }

  /// Whether the file took an error and a new one is needed.
  public boolean failed() {
    lock.lock();
    try {
      return failure != null;
    } finally {
      lock.unlock();
    }
  }

  /// Refuses while the file has an error, or after [#close].
  ///
  /// @throws StorageException then
  public void requireUsable() {
    lock.lock();
    try {
      refuseUnlessUsable();
    } finally {
      lock.unlock();
    }
  }

  private void refuseUnlessUsable() {
    if (closed) {
      throw new StorageException("the store is closed");
    }
    IOException cause = failure;
    if (cause != null) {
      throw new StorageException(
          "the write-ahead log could not be written (" + cause.getMessage() + ")", cause);
    }
  }

  /// Goes on with a new file, without waiting for the disk: records that were left before go to the
  /// file before, and are durable before any later one is. The file before is closed once it holds
  /// its records. Answers false, and does nothing, when the file before has an error: only
  /// [#startOver] ends that.
  ///
  /// For one caller at a time, which calls [#awaitTurn] before it turns again.
  public boolean continueWith(LogWriter next) {
    lock.lock();
    try {
      if (turn != null) {
        throw new IllegalStateException("the log has not reached its last new file yet");
      }
      if (failure != null) {
        return false;
      }
      size = next.size();
      turn = new Turn(gathered, commit, next);
      gathered = new ByteWriter(64 * 1024);
      commit = new Commit();
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Goes on with a new file after an error. What the file before should have held is given up, so
  /// by now it has to be durable in another way.
  public void startOver(LogWriter next) {
    LogWriter old;
    lock.lock();
    try {
      if (failure == null) {
        throw new IllegalStateException("the log has no error");
      }
      old = file;
      file = next;
      size = next.size();
      failure = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    closeFinished(old);
  }

  /// Waits until the file before holds all that was left before [#continueWith], or took an error.
  public void awaitTurn() {
    lock.lock();
    try {
      while (turn != null && !closed) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void closeFinished(LogWriter file) {
    try {
      file.close();
    } catch (IOException e) {
      // What it held is durable, or was given up with its failure.
      LOG.warn("a finished log file could not be closed: {}", e.toString());
    }
  }

  /// Bytes in the current file.
  public long size() {
    return size;
  }

  private void run() {
    while (true) {
      ByteWriter records;
      Commit current;
      Turn turning;
      lock.lock();
      try {
        while ((turn == null && gathered.size() == 0 || failure != null) && !closed) {
          changed.awaitUninterruptibly();
        }
        turning = turn;
        if (failure != null || turning == null && gathered.size() == 0) {
          return;
        }
        if (turning != null) {
          records = turning.records;
          current = turning.commit;
        } else {
          records = gathered;
          gathered = spare;
          spare = records;
          current = commit;
          commit = new Commit();
        }
        inFlight = current;
      } finally {
        lock.unlock();
      }
      IOException problem = records.size() == 0 ? null : write(records);
      LogWriter finished = null;
      lock.lock();
      try {
        records.clear();
        inFlight = null;
        if (problem != null) {
          finished = fail(problem);
        } else if (turning != null) {
          finished = file;
          file = turning.next;
          turn = null;
        } else if (turn == null) {
          size = file.size();
        }
        current.end(problem);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      if (finished != null) {
        closeFinished(finished);
      }
    }
  }

  /// Gives up everything that was left; answers the file that is not reached, if one was to come.
  private @Nullable LogWriter fail(IOException problem) {
    failure = problem;
    gathered.clear();
    commit.end(problem);
    commit = new Commit();
    Turn missed = turn;
    if (missed == null) {
      return null;
    }
    missed.commit.end(problem);
    turn = null;
    return missed.next;
  }

  private @Nullable IOException write(ByteWriter records) {
    try {
      byte[] bytes = records.array();
      int at = 0;
      while (at < records.size()) {
        int length = length(bytes, at);
        file.append(bytes, at + 4, length);
        at += 4 + length;
      }
      file.force();
      return null;
    } catch (IOException e) {
      return e;
    } catch (RuntimeException e) {
      return new IOException("unexpected: " + e, e);
    }
  }

  private static int length(byte[] bytes, int at) {
    return (bytes[at] & 0xFF)
        | (bytes[at + 1] & 0xFF) << 8
        | (bytes[at + 2] & 0xFF) << 16
        | (bytes[at + 3] & 0xFF) << 24;
  }

  /// Makes durable what was left, then stops the thread and closes the file.
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    file.close();
  }
}
