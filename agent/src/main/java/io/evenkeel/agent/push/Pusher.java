package io.evenkeel.agent.push;

import io.evenkeel.agent.AgentSink;
import io.evenkeel.agent.CollectorStatus;
import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.link.Backoff;
import io.evenkeel.model.link.HubConnection;
import io.evenkeel.model.remotewrite.RemoteWriteEncoder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Sends an agent's samples to a hub as remote write, in their order.
///
/// Requests wait in a queue of bounded bytes; when it is full the oldest go and are counted. One
/// thread sends them, waiting longer and longer while the hub does not take them. A request that
/// the hub refuses for good (4xx) is dropped and counted: sending it again would be refused again.
public final class Pusher implements AgentSink, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Pusher.class.getName());
  private static final String PATH = "/api/v1/write";
  private static final String HEADERS =
      "Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n"
          + "X-Prometheus-Remote-Write-Version: 0.1.0\r\nUser-Agent: evenkeel-agent\r\n";

  /// A request that waits, told from others by its number.
  private record Queued(long number, byte[] bytes) {}

  private final HubConnection hub;
  private final Backoff backoff;
  private final long mostBytes;
  private final RemoteWriteEncoder encoder = new RemoteWriteEncoder();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Queued> queue = new ArrayDeque<>();
  private final Thread thread;
  private long queuedBytes;
  private long dropped;
  private long refused;
  private long sent;
  private long numbered;
  private boolean closing;

  /// @param mostBytes how much may wait while the hub does not take it
  public Pusher(HubConnection hub, Backoff backoff, long mostBytes) {
    this.hub = hub;
    this.backoff = backoff;
    this.mostBytes = mostBytes;
    this.thread = Thread.ofPlatform().name("push").daemon(true).unstarted(this::run);
    thread.start();
  }

  @Override
  public void accept(SampleBatch batch) {
    RemoteWriteEncoder.Request request = encoder.encode(batch);
    byte[] bytes = Arrays.copyOf(request.bytes(), request.length());
    lock.lock();
    try {
      queue.addLast(new Queued(numbered++, bytes));
      queuedBytes += bytes.length;
      while (queuedBytes > mostBytes && queue.size() > 1) {
        queuedBytes -= queue.removeFirst().bytes.length;
        dropped++;
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void accept(ProcessSnapshot snapshot) {
    // Remote write carries samples only; the snapshot's way to the hub comes with enrolment.
  }

  @Override
  public void accept(List<CollectorStatus> statuses) {
    for (CollectorStatus status : statuses) {
      if (status.state() != CollectorStatus.State.OK) {
        LOG.log(System.Logger.Level.DEBUG, status.name() + ": " + status.reason());
      }
    }
  }

  /// Requests that went because the queue was full.
  public long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /// Requests that the hub took.
  public long sent() {
    lock.lock();
    try {
      return sent;
    } finally {
      lock.unlock();
    }
  }

  /// Requests that the hub refused for good.
  public long refused() {
    lock.lock();
    try {
      return refused;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (true) {
      Queued request = oldest();
      if (request == null) {
        return;
      }
      Duration wait = send(request);
      if (wait.isPositive() && !pause(wait)) {
        return;
      }
    }
  }

  private @Nullable Queued oldest() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing) {
        changed.awaitUninterruptibly();
      }
      return queue.peekFirst();
    } finally {
      lock.unlock();
    }
  }

  /// Sends a request and answers how long to wait before the next try; zero when it is done with.
  private Duration send(Queued request) {
    try {
      HubConnection.Answer answer = hub.post(PATH, HEADERS, request.bytes, request.bytes.length);
      if (answer.isWorthRetrying()) {
        Duration wait = backoff.failed(Duration.ofSeconds(answer.retryAfterSeconds()));
        LOG.log(
            System.Logger.Level.WARNING,
            "the hub is busy (" + answer.status() + "); next try in " + wait.toMillis() + " ms");
        return wait;
      }
      backoff.succeeded();
      done(request, answer.isTaken());
      if (!answer.isTaken()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the hub refuses samples (" + answer.status() + "): " + answer.body().strip());
      }
      return Duration.ZERO;
    } catch (IOException | NumberFormatException e) {
      Duration wait = backoff.failed(Duration.ZERO);
      LOG.log(
          System.Logger.Level.WARNING,
          "the hub cannot be reached ("
              + e.getMessage()
              + "); next try in "
              + wait.toMillis()
              + " ms");
      return wait;
    }
  }

  private void done(Queued request, boolean taken) {
    lock.lock();
    try {
      // It may have been dropped meanwhile.
      Queued first = queue.peekFirst();
      if (first != null && first.number == request.number) {
        queue.removeFirst();
        queuedBytes -= request.bytes.length;
      }
      if (taken) {
        sent++;
      } else {
        refused++;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits; false when the agent is closing.
  private boolean pause(Duration wait) {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (left > 0 && !closing) {
        // New samples signal too, and must not shorten the wait.
        left = changed.awaitNanos(left);
      }
      return !closing;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Stops sending; what waits is lost.
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    hub.close();
  }
}
