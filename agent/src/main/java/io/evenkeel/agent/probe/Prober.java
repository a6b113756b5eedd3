package io.evenkeel.agent.probe;

import io.evenkeel.model.outgoing.AddressRules;
import io.evenkeel.model.outgoing.AddressRules.Reach;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.LongSupplier;

/// Makes attempts. Each blocks its thread no longer than the probe's timeout. Safe for use by many
/// threads.
///
/// The one who may enter a probe makes this machine connect wherever it can: so only operators may,
/// link-local and metadata addresses are refused, on agents loopback too, and nothing of a page's
/// text is ever answered.
public final class Prober implements AutoCloseable {
  private final AddressRules rules;
  private final Reach reach;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final ScheduledExecutorService deadlines;
  private final HttpProbe http;
  private final TcpProbe tcp;
  private final IcmpProbe icmp = new IcmpProbe();
  private final DnsProbe dns = new DnsProbe();

  /// @param reach which machines may be asked
  /// @param bodyBytes how much of a web page is read and compared
  /// @param nanos a clock that is never set
  public Prober(
      AddressRules rules, Reach reach, int bodyBytes, InstantSource clock, LongSupplier nanos) {
    this.rules = rules;
    this.reach = reach;
    this.clock = clock;
    this.nanos = nanos;
    TlsProbe tls = new TlsProbe(clock);
    this.http = new HttpProbe(tls, bodyBytes);
    this.tcp = new TcpProbe(tls);
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("probe-deadlines").factory());
    timer.setRemoveOnCancelPolicy(true);
    this.deadlines = timer;
  }

  /// Asks once.
  public ProbeResult attempt(Probe probe) {
    long time = clock.millis();
    try (Attempt attempt =
        new Attempt(probe.timeout(), probe.family(), rules, reach, deadlines, nanos)) {
      try {
        switch (probe.check()) {
          case Check.Http check -> http.run(check, attempt);
          case Check.Tcp check -> tcp.run(check, attempt);
          case Check.Icmp check -> icmp.run(check, attempt);
          case Check.Dns check -> dns.run(check, attempt);
        }
        return attempt.result(time, null);
      } catch (ProbeFailedException e) {
        return attempt.result(time, e.failure());
      }
    }
  }

  @Override
  public void close() {
    deadlines.shutdownNow();
  }
}
