package io.evenkeel.agent.probe;

import io.evenkeel.agent.probe.ProbeFailure.Kind;
import io.evenkeel.agent.probe.ProbeResult.Answer;
import io.evenkeel.agent.probe.ProbeResult.Phase;
import io.evenkeel.agent.probe.ProbeResult.Sample;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.outgoing.AddressRules;
import io.evenkeel.model.outgoing.AddressRules.Reach;
import io.evenkeel.model.outgoing.RefusedAddressException;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One attempt while it runs: what it has found out, and its end in time. Whatever it opened is
/// closed at the deadline, so that a server that answers byte by byte cannot hold it. Used by one
/// thread.
final class Attempt implements AutoCloseable {
  private final AddressRules rules;
  private final Reach reach;
  private final IpFamily family;
  private final LongSupplier nanos;
  private final long begunNanos;
  private final long endNanos;
  private final Future<?> deadline;
  private final List<Closeable> opened = new ArrayList<>();
  private final List<Phase> phases = new ArrayList<>();
  private final Map<Labels, Double> samples = new LinkedHashMap<>();
  private Answer answer = Answer.NONE;
  private String waitingFor = "resolve";
  private @Nullable InetAddress address;
  private boolean over;

  /// @param deadlines closes what is open at the end of the time
  /// @param nanos a clock that is never set
  Attempt(
      Duration timeout,
      IpFamily family,
      AddressRules rules,
      Reach reach,
      ScheduledExecutorService deadlines,
      LongSupplier nanos) {
    this.rules = rules;
    this.reach = reach;
    this.family = family;
    this.nanos = nanos;
    this.begunNanos = nanos.getAsLong();
    this.endNanos = begunNanos + timeout.toNanos();
    this.deadline =
        deadlines.schedule(this::closeAll, timeout.toMillis() + 1, TimeUnit.MILLISECONDS);
  }

  long now() {
    return nanos.getAsLong();
  }

  double seconds() {
    return (now() - begunNanos) / 1e9;
  }

  /// The time that is left, at least a millisecond.
  ///
  /// @throws ProbeFailedException when there is none
  int leftMillis() throws ProbeFailedException {
    long left = (endNanos - now()) / 1_000_000;
    if (left <= 0) {
      throw timedOut();
    }
    return Math.toIntExact(left);
  }

  ProbeFailedException timedOut() {
    return new ProbeFailedException(Kind.TIMEOUT, waitingFor);
  }

  /// Says what the attempt waits for from now on, and answers when that began.
  long begin(String phase) {
    waitingFor = phase;
    return now();
  }

  /// Notes how long a phase took.
  void end(String phase, long begun) {
    phases.add(new Phase(phase, (now() - begun) / 1e9));
  }

  /// Closes something when the time is over, at once if it is.
  <T extends Closeable> T hold(T open) throws ProbeFailedException {
    synchronized (opened) {
      if (!over) {
        opened.add(open);
        return open;
      }
    }
    closeQuietly(open);
    throw timedOut();
  }

  /// The address of a host, checked.
  InetAddress resolve(String host) throws ProbeFailedException {
    return resolve(host, reach);
  }

  /// The address of a server that this machine itself names, which may be on loopback.
  InetAddress resolveOwn(String host) throws ProbeFailedException {
    return resolve(host, Reach.PRIVATE_TOO);
  }

  private InetAddress resolve(String host, Reach within) throws ProbeFailedException {
    long begun = begin("resolve");
    FutureTask<InetAddress[]> lookup = new FutureTask<>(() -> rules.resolve(host, within));
    Thread.ofVirtual().name("probe-lookup").start(lookup);
    try {
      InetAddress[] all = lookup.get(leftMillis(), TimeUnit.MILLISECONDS);
      end("resolve", begun);
      sample("probe_dns_lookup_time_seconds", (now() - begun) / 1e9);
      for (InetAddress one : all) {
        if (family.takes(one)) {
          address = one;
          sample("probe_ip_protocol", one instanceof Inet4Address ? 4 : 6);
          return one;
        }
      }
      throw new ProbeFailedException(
          Kind.UNKNOWN_HOST,
          host + " (IP" + family.name().toLowerCase(java.util.Locale.ROOT) + ")");
    } catch (TimeoutException e) {
      throw timedOut();
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case RefusedAddressException refused ->
            new ProbeFailedException(Kind.FORBIDDEN_ADDRESS, text(refused), refused);
        case UnknownHostException unknown ->
            new ProbeFailedException(Kind.UNKNOWN_HOST, host, unknown);
        case null, default -> new ProbeFailedException(Kind.OTHER, String.valueOf(e.getCause()), e);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw timedOut();
    }
  }

  /// Connects to an address.
  Socket connect(InetAddress to, int port) throws ProbeFailedException {
    long begun = begin("connect");
    String shown = to.getHostAddress() + ":" + port;
    Socket socket = hold(new Socket());
    try {
      socket.connect(new InetSocketAddress(to, port), leftMillis());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(leftMillis());
      end("connect", begun);
      return socket;
    } catch (ConnectException e) {
      throw new ProbeFailedException(
          text(e).contains("refused") ? Kind.REFUSED : Kind.UNREACHABLE, shown, e);
    } catch (NoRouteToHostException e) {
      throw new ProbeFailedException(Kind.UNREACHABLE, shown, e);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /// What an error of a connection means; the time's end closes connections, too.
  ProbeFailedException failed(IOException e) {
    if (e instanceof SocketTimeoutException || endNanos - now() <= 0) {
      return timedOut();
    }
    return new ProbeFailedException(
        e instanceof ConnectException ? Kind.REFUSED : Kind.OTHER, text(e), e);
  }

  static String text(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /// Notes a number; a later one of the same series takes its place.
  void sample(String name, double value) {
    samples.put(Labels.of(Label.METRIC_NAME, name), value);
  }

  /// Notes a number with a label of its own.
  void sample(String name, String label, String text, double value) {
    samples.put(Labels.of(Label.METRIC_NAME, name, label, text), value);
  }

  /// Notes the phases as series of a metric, each phase's attempts together.
  void samplePhases(String name) {
    Map<String, Double> sums = new LinkedHashMap<>();
    phases.forEach(phase -> sums.merge(phase.name(), phase.seconds(), Double::sum));
    sums.forEach((phase, seconds) -> sample(name, "phase", phase, seconds));
  }

  Answer answer() {
    return answer;
  }

  void answer(Answer known) {
    answer = known;
  }

  /// What became of it.
  ProbeResult result(long timeMillis, @Nullable ProbeFailure failure) {
    double seconds = seconds();
    sample("probe_success", failure == null ? 1 : 0);
    sample("probe_duration_seconds", seconds);
    return new ProbeResult(
        timeMillis,
        failure,
        seconds,
        address == null ? null : address.getHostAddress(),
        phases,
        answer,
        samples.entrySet().stream().map(one -> new Sample(one.getKey(), one.getValue())).toList());
  }

  @Override
  public void close() {
    deadline.cancel(false);
    closeAll();
  }

  private void closeAll() {
    List<Closeable> all;
    synchronized (opened) {
      over = true;
      all = List.copyOf(opened);
      opened.clear();
    }
    all.forEach(Attempt::closeQuietly);
  }

  private static void closeQuietly(Closeable open) {
    try {
      open.close();
    } catch (IOException e) {
      // It is not wanted any more, and nothing was to be kept of it.
    }
  }
}
