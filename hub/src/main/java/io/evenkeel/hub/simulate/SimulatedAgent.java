package io.evenkeel.hub.simulate;

import io.evenkeel.model.link.Backoff;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The agent of one simulated server: its connection and the request that is on its way.
///
/// A request stays until the hub has taken it, and only then is the next one made, so that nothing
/// is lost and the order is kept without a buffer: the server waits with its clock, not with its
/// samples. Used by the one thread of [Simulation].
final class SimulatedAgent {
  /// What became of an exchange.
  sealed interface Outcome {
    /// The answer is not complete yet.
    record Pending() implements Outcome {}

    /// @param retryAfter what the hub asked for; zero when it did not
    /// @param text the answer's body
    record Answered(int status, Duration retryAfter, String text) implements Outcome {}
  }

  private static final Outcome PENDING = new Outcome.Pending();
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final int LONGEST_ANSWER = 2 << 10;
  private static final Duration LAST_RETRY = Duration.ofSeconds(30);

  final SimulatedServer server;
  final byte[] instance;
  private final Backoff backoff;

  /// The moment that comes next, epoch milliseconds.
  long nextMillis;

  /// When to look at this agent again, monotonic nanoseconds.
  long dueNanos;

  /// When the exchange that is on its way began, monotonic nanoseconds.
  long begunNanos;

  /// Whether the request was sent before and not taken.
  boolean again;

  /// How many moments the request holds.
  int moments;

  long acknowledged;
  long acknowledgedMillis;
  long acknowledgedSequence;
  private final ByteBuffer room = ByteBuffer.allocate(LONGEST_ANSWER);
  private @Nullable SocketChannel channel;
  private @Nullable SelectionKey key;
  private @Nullable ByteBuffer request;
  private @Nullable ByteBuffer answer;

  SimulatedAgent(SimulatedServer server, long firstMillis, RandomGenerator random) {
    this.server = server;
    this.instance = SeriesPlan.instance(server);
    this.nextMillis = firstMillis;
    this.backoff = new Backoff(FIRST_RETRY, LAST_RETRY, random);
  }

  /// Whether a request waits to be taken.
  boolean hasRequest() {
    return request != null;
  }

  /// Whether a request is on its way.
  boolean isBusy() {
    return answer != null;
  }

  void request(byte[] bytes) {
    request = ByteBuffer.wrap(bytes);
  }

  /// Sends the request, over the connection that is open or a new one.
  void send(Selector selector, InetSocketAddress hub, long nowNanos) throws IOException {
    begunNanos = nowNanos;
    answer = room.clear();
    SocketChannel open = channel;
    if (open == null) {
      open = SocketChannel.open();
      channel = open;
      open.configureBlocking(false);
      open.setOption(StandardSocketOptions.TCP_NODELAY, true);
      key = open.register(selector, SelectionKey.OP_CONNECT, this);
      if (!open.connect(hub)) {
        return;
      }
    }
    write(open);
  }

  /// Goes on when the connection is ready.
  ///
  /// @throws IOException when the connection has ended; the request stays
  Outcome ready() throws IOException {
    SocketChannel open = channel;
    SelectionKey selected = key;
    if (open == null || selected == null) {
      return PENDING;
    }
    if (selected.isConnectable() && open.finishConnect()) {
      write(open);
    } else if (selected.isWritable()) {
      write(open);
    } else if (selected.isReadable()) {
      return read(open);
    }
    return PENDING;
  }

  private void write(SocketChannel to) throws IOException {
    ByteBuffer bytes = request;
    SelectionKey selected = key;
    if (bytes == null || selected == null) {
      return;
    }
    to.write(bytes);
    selected.interestOps(bytes.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  private Outcome read(SocketChannel from) throws IOException {
    ByteBuffer into = answer;
    if (into == null) {
      throw new IOException("the hub closed the connection");
    }
    int count = from.read(into);
    if (count < 0) {
      throw new IOException("the hub closed the connection");
    }
    Outcome.Answered parsed = AnswerText.parse(into);
    if (parsed == null) {
      return PENDING;
    }
    answer = null;
    return parsed;
  }

  /// The hub took the request.
  void taken() {
    acknowledged += moments;
    acknowledgedMillis = server.timeMillis();
    acknowledgedSequence = (long) server.sequence();
    dropped();
  }

  /// The request is not sent again.
  void dropped() {
    request = null;
    moments = 0;
    again = false;
    backoff.succeeded();
  }

  /// The request is sent again, later; answers when.
  Duration failed(Duration asked, boolean connectionEnded) throws IOException {
    again = true;
    answer = null;
    ByteBuffer bytes = request;
    if (bytes != null) {
      bytes.rewind();
    }
    if (connectionEnded) {
      close();
    }
    return backoff.failed(asked);
  }

  void close() throws IOException {
    SocketChannel open = channel;
    channel = null;
    key = null;
    if (open != null) {
      open.close();
    }
  }
}
