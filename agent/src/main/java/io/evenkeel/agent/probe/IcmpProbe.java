package io.evenkeel.agent.probe;

import io.evenkeel.agent.probe.EchoSocket.Echo;
import io.evenkeel.agent.probe.ProbeFailure.Kind;
import java.net.InetAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Sends an echo request and waits for its reply. Safe for use by many threads.
final class IcmpProbe {
  void run(Check.Icmp check, Attempt attempt) throws ProbeFailedException {
    InetAddress address = attempt.resolve(check.host());
    if (!EchoSocket.IS_OFFERED) {
      throw new ProbeFailedException(Kind.NOT_HERE, "");
    }
    long begun = attempt.begin("rtt");
    int millis = attempt.leftMillis();
    // A platform thread: a native call would keep a virtual thread's carrier from all others.
    FutureTask<Echo> echo = new FutureTask<>(() -> EchoSocket.ask(address, millis));
    Thread.ofPlatform().daemon().name("probe-echo").start(echo);
    try {
      Echo reply = echo.get();
      switch (reply) {
        case Echo.Reply(double setup, double roundTrip) -> {
          attempt.end("rtt", begun);
          attempt.samplePhases("probe_icmp_duration_seconds");
          attempt.sample("probe_icmp_duration_seconds", "phase", "setup", setup);
          attempt.sample("probe_icmp_duration_seconds", "phase", "rtt", roundTrip);
        }
        case Echo.Silence() -> throw attempt.timedOut();
        case Echo.NoRight() -> throw new ProbeFailedException(Kind.NO_RIGHT, "");
        case Echo.NoWay() ->
            throw new ProbeFailedException(Kind.UNREACHABLE, address.getHostAddress());
        case Echo.Failure(String call, int errno) ->
            throw new ProbeFailedException(Kind.OTHER, call + " failed with errno " + errno);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw attempt.timedOut();
    } catch (ExecutionException e) {
      throw new ProbeFailedException(Kind.OTHER, String.valueOf(e.getCause()), e);
    }
  }
}
