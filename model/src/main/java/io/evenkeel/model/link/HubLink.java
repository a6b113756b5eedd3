package io.evenkeel.model.link;

import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.CommandResult.State;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// An enrolled agent's line to its hub: sends what waits in a [DiskBuffer], in order, and hands on
/// what the hub says in its answers. It dials out only.
///
/// One thread does it all. While the hub does not take requests it waits longer and longer, with
/// jitter. What the hub refuses for good (a body it cannot read) is dropped and counted; when it
/// refuses the agent itself (retired, a clone, another version) everything stays in the buffer and
/// the agent asks again every few minutes.
public final class HubLink implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HubLink.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration REFUSED = Duration.ofMinutes(1);
  private static final long CLOCK_TOLERANCE_MILLIS = 120_000;
  private static final long REPEAT_NANOS = 60_000_000_000L;
  private static final int REMEMBERED_ORDERS = 64;
  private static final int MOST_DELIVERIES = 4;
  private static final int MOST_AT_A_TIME = 8;

  /// Something that goes to the hub beside samples.
  private record Delivery(String path, byte[] body) {}

  /// What waits to be brought to the hub beside samples, the oldest first.
  public interface Waiting {
    /// What is to be brought next.
    Optional<byte[]> oldest();

    /// Ends the waiting of what was brought.
    void remove(byte[] body);
  }

  /// Who is told what the hub says. Called by the link's thread.
  public interface Listener {
    /// The settings that hold.
    void told(HubInstructions instructions);

    /// Carries out a command, other than those about the link itself.
    CommandResult execute(CommandOrder order);

    /// A command came that is not carried out.
    ///
    /// @param order as it came
    /// @param reason it came too late, or this agent cannot read it
    void notCarriedOut(String order, String reason);
  }

  private final Path state;
  private final DiskBuffer buffer;
  private final Backoff backoff;
  private final InstantSource clock;
  private final Listener listener;
  private final String fixedHeaders;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<String> done = new ArrayDeque<>();
  private final List<CommandResult> results = new ArrayList<>();
  private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();
  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile AgentIdentity identity;
  private volatile HubConnection connection;
  private boolean closing;
  private boolean renew;
  private boolean clockTold;
  private @Nullable String trouble;
  private long troubleNanos;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /// @param state the folder that keeps the identity
  /// @param version the agent's
  /// @param os the operating system in words
  public HubLink(
      AgentIdentity identity,
      Path state,
      DiskBuffer buffer,
      Machine machine,
      String version,
      String os,
      Backoff backoff,
      InstantSource clock,
      Listener listener)
      throws IOException {
    this.identity = identity;
    this.state = state;
    this.buffer = buffer;
    this.backoff = backoff;
    this.clock = clock;
    this.listener = listener;
    this.fixedHeaders =
        "User-Agent: evenkeel-agent/"
            + version
            + " ("
            + os.replaceAll("[^ -~]|[()]", "")
            + ")\r\n"
            + line(LinkProtocol.VERSION_HEADER, Integer.toString(LinkProtocol.VERSION))
            + line(LinkProtocol.RUN_HEADER, machine.run())
            + line(LinkProtocol.BOOT_HEADER, machine.boot())
            + line(LinkProtocol.MACHINE_HEADER, machine.id());
    this.connection = connect(identity);
    this.thread = Thread.ofPlatform().name("link").daemon(true).unstarted(this::run);
  }

  /// Begins to send.
  public void start() {
    thread.start();
  }

  private static String line(String name, String value) {
    return name + ": " + value + "\r\n";
  }

  private static HubConnection connect(AgentIdentity identity) throws IOException {
    try {
      return new HubConnection(
          URI.create(identity.hub()), PATIENCE, HubTrust.sockets(identity.authority(), identity));
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS with this identity is not possible: " + e.getMessage(), e);
    }
  }

  /// Adds a remote-write request behind those that wait.
  public void add(byte[] request) {
    buffer.add(request);
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Has something brought to the hub after the next samples, such as a profile that was ordered.
  /// Not kept through a restart; of more than a few that wait the oldest is dropped.
  ///
  /// @param path the hub's, one of [LinkProtocol]
  public void deliver(String path, byte[] body) {
    lock.lock();
    try {
      if (deliveries.size() == MOST_DELIVERIES) {
        deliveries.removeFirst();
      }
      deliveries.addLast(new Delivery(path, body.clone()));
    } finally {
      lock.unlock();
    }
  }

  /// Has what waits somewhere brought to the hub after the next samples, and from then on.
  ///
  /// @param path the hub's, one of [LinkProtocol]
  public void bring(String path, Waiting from) {
    waiting.put(path, from);
  }

  /// Asks the hub. Called from within [Listener#told].
  ///
  /// @param path the hub's, one of [LinkProtocol]
  /// @throws IOException when there is no answer, or it is none that can be read
  public LinkMessage ask(String path, LinkMessage question) throws IOException {
    byte[] body = question.bytes();
    HubConnection.Answer answer =
        connection.post(path, "Content-Type: text/plain\r\n" + headers(), body, body.length);
    if (!answer.isTaken()) {
      throw new IOException("the hub answers " + answer.status() + ": " + answer.body().strip());
    }
    return LinkMessage.parse(answer.body());
  }

  /// Keeps the name that the hub gave this machine. Called from within [Listener#told].
  public void rename(String instance) {
    AgentIdentity named = identity.named(instance);
    try {
      named.write(state);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the new name cannot be kept: " + e.getMessage());
    }
    identity = named;
  }

  /// How many requests the hub took.
  public long sent() {
    return sent.get();
  }

  /// How many requests the hub refused for good.
  public long refused() {
    return refused.get();
  }

  private String headers() {
    return fixedHeaders
        + line(LinkProtocol.TIME_HEADER, Long.toString(clock.millis()))
        + line(LinkProtocol.DROPPED_HEADER, Long.toString(buffer.dropped()));
  }

  private void run() {
    while (true) {
      Optional<byte[]> request = next();
      if (request.isEmpty()) {
        return;
      }
      Duration wait = send(request.get());
      if (wait.isPositive() && !pause(wait)) {
        return;
      }
    }
  }

  private Optional<byte[]> next() {
    lock.lock();
    try {
      Optional<byte[]> oldest = closing ? Optional.empty() : buffer.oldest();
      while (oldest.isEmpty() && !closing) {
        changed.awaitUninterruptibly();
        oldest = buffer.oldest();
      }
      return closing ? Optional.empty() : oldest;
    } finally {
      lock.unlock();
    }
  }

  /// Sends a request and answers how long to wait before the next one.
  private Duration send(byte[] request) {
    try {
      HubConnection.Answer answer =
          connection.post(
              LinkProtocol.WRITE,
              "Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n" + headers(),
              request,
              request.length);
      return switch (answer.status()) {
        case 401, 403, 409, 426 -> {
          Duration wait = backoff.failed(REFUSED);
          tell("the hub refuses this agent: " + answer.body().strip());
          yield wait;
        }
        case 429 -> busy(answer);
        default -> answer.status() >= 500 ? busy(answer) : answered(request, answer);
      };
    } catch (IOException | NumberFormatException e) {
      Duration wait = backoff.failed(Duration.ZERO);
      tell("the hub cannot be reached (" + e.getMessage() + "); samples wait in the buffer");
      return wait;
    }
  }

  private Duration busy(HubConnection.Answer answer) {
    Duration wait = backoff.failed(Duration.ofSeconds(answer.retryAfterSeconds()));
    tell("the hub is busy (" + answer.status() + "): " + answer.body().strip());
    return wait;
  }

  private Duration answered(byte[] request, HubConnection.Answer answer) throws IOException {
    backoff.succeeded();
    buffer.remove(request);
    if (!answer.isTaken()) {
      refused.incrementAndGet();
      tell("the hub refuses samples (" + answer.status() + "): " + answer.body().strip());
      return Duration.ZERO;
    }
    sent.incrementAndGet();
    HubInstructions instructions = HubInstructions.parse(answer.body());
    Optional<String> partly = LinkMessage.parse(answer.body()).value("refused");
    if (partly.isPresent()) {
      tell("the hub refuses a part of the samples: " + partly.get());
    } else {
      recovered();
    }
    watchClock(instructions.hubMillis());
    listener.told(instructions);
    carryOut(instructions);
    bringDeliveries();
    bringWaiting();
    if (renew || identity.isDue(clock.instant())) {
      renewNow();
    }
    return Duration.ZERO;
  }

  private void watchClock(long hubMillis) {
    long off = clock.millis() - hubMillis;
    boolean wrong = Math.abs(off) > CLOCK_TOLERANCE_MILLIS;
    if (wrong && !clockTold) {
      LOG.log(
          System.Logger.Level.WARNING,
          "this machine's clock is "
              + Math.abs(off) / 1_000
              + " s "
              + (off > 0 ? "ahead of" : "behind")
              + " the hub's: set it, for example with chrony or systemd-timesyncd");
    }
    clockTold = wrong;
  }

  private void carryOut(HubInstructions instructions) throws IOException {
    for (HubInstructions.Unreadable order : instructions.unreadable()) {
      if (isNew(order.id().isEmpty() ? order.text() : order.id())) {
        LOG.log(
            System.Logger.Level.WARNING,
            "a command of the hub is not carried out: " + order.reason());
        listener.notCarriedOut(order.text(), order.reason());
        if (!order.id().isEmpty()) {
          results.add(new CommandResult(order.id(), State.REFUSED, order.reason()));
        }
      }
    }
    for (CommandOrder order : instructions.orders()) {
      if (isNew(order.id())) {
        results.add(result(order, instructions.hubMillis()));
      }
    }
    if (!results.isEmpty()) {
      LinkMessage.Builder message = new LinkMessage.Builder();
      results.forEach(result -> message.add("result", result.text()));
      byte[] body = message.build().bytes();
      HubConnection.Answer answer =
          connection.post(
              LinkProtocol.RESULTS, "Content-Type: text/plain\r\n" + headers(), body, body.length);
      if (!answer.isWorthRetrying()) {
        results.clear();
      }
    }
  }

  /// Whether an order has not come before; the hub repeats each until its result came.
  private boolean isNew(String orderId) {
    if (done.contains(orderId)) {
      return false;
    }
    done.addLast(orderId);
    if (done.size() > REMEMBERED_ORDERS) {
      done.removeFirst();
    }
    return true;
  }

  private void bringDeliveries() throws IOException {
    for (Optional<Delivery> next = firstDelivery(); next.isPresent(); next = firstDelivery()) {
      Delivery delivery = next.get();
      HubConnection.Answer answer =
          connection.post(
              delivery.path,
              "Content-Type: application/octet-stream\r\n" + headers(),
              delivery.body,
              delivery.body.length);
      if (answer.isWorthRetrying()) {
        return;
      }
      lock.lock();
      try {
        deliveries.remove(delivery);
      } finally {
        lock.unlock();
      }
      if (!answer.isTaken()) {
        tell("the hub does not take what it ordered: " + answer.body().strip());
      }
    }
  }

  /// Brings what waits; of much only a part, so that samples do not wait for it.
  private void bringWaiting() throws IOException {
    for (Map.Entry<String, Waiting> one : waiting.entrySet()) {
      Optional<byte[]> body = one.getValue().oldest();
      for (int i = 0; i < MOST_AT_A_TIME && body.isPresent(); i++) {
        HubConnection.Answer answer =
            connection.post(
                one.getKey(),
                "Content-Type: text/plain\r\n" + headers(),
                body.get(),
                body.get().length);
        if (answer.isWorthRetrying()) {
          return;
        }
        one.getValue().remove(body.get());
        if (!answer.isTaken()) {
          tell(
              "the hub refuses what was brought to " + one.getKey() + ": " + answer.body().strip());
        }
        body = one.getValue().oldest();
      }
    }
  }

  private Optional<Delivery> firstDelivery() {
    lock.lock();
    try {
      return Optional.ofNullable(deliveries.peekFirst());
    } finally {
      lock.unlock();
    }
  }

  private CommandResult result(CommandOrder order, long hubMillis) {
    if (order.expiresAtMillis() < hubMillis) {
      String reason = "it came too late";
      listener.notCarriedOut(order.text(), reason);
      return new CommandResult(order.id(), State.EXPIRED, reason);
    }
    if (order.command() instanceof Command.RenewCertificate) {
      renew = true;
      return new CommandResult(order.id(), State.DONE, "the certificate is renewed next");
    }
    try {
      return listener.execute(order);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "a command failed: " + order.text(), e);
      return new CommandResult(order.id(), State.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private void renewNow() throws IOException {
    AgentIdentity next = Enroller.renew(identity, connection, headers());
    next.write(state);
    HubConnection before = connection;
    connection = connect(next);
    identity = next;
    renew = false;
    before.close();
    LOG.log(
        System.Logger.Level.INFO,
        "the certificate was renewed; it is good until " + next.certificate().getNotAfter());
  }

  /// Says what is wrong, once a minute while it stays the same.
  private void tell(String message) {
    long now = System.nanoTime();
    if (!message.equals(trouble) || now - troubleNanos > REPEAT_NANOS) {
      LOG.log(System.Logger.Level.WARNING, message);
      troubleNanos = now;
    }
    trouble = message;
  }

  private void recovered() {
    if (trouble != null) {
      LOG.log(System.Logger.Level.INFO, "the hub takes samples again");
    }
    trouble = null;
  }

  /// Waits; false when the link is closing.
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

  /// Says goodbye to the hub, and keeps what waits for the next start.
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!thread.isAlive()) {
      goodbye();
    }
    connection.close();
    buffer.close();
  }

  private void goodbye() {
    try {
      var unused =
          connection.post(
              LinkProtocol.BYE, "Content-Type: text/plain\r\n" + headers(), new byte[0], 0);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the hub did not hear the goodbye", e);
    }
  }
}
