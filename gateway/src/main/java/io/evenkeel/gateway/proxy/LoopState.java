package io.evenkeel.gateway.proxy;

import io.netty.channel.EventLoop;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// What belongs to one event loop: its connections to backends and everything with a deadline. Only
/// touched on that loop, so nothing here needs a lock.
///
/// Deadlines are looked at four times a second instead of by a timer each: arming and disarming
/// timers would cost every request.
final class LoopState {
  private static final long CHECK_MILLIS = 250;

  private final Upstreams upstreams;
  private final Set<Timed> timed = Collections.newSetFromMap(new IdentityHashMap<>());

  LoopState(EventLoop loop, Core core) {
    upstreams = new Upstreams(loop, core);
    var _ =
        loop.scheduleAtFixedRate(this::check, CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  Upstreams upstreams() {
    return upstreams;
  }

  void add(Timed one) {
    timed.add(one);
  }

  void remove(Timed one) {
    timed.remove(one);
  }

  private void check() {
    long now = System.nanoTime();
    for (Timed one : timed.toArray(new Timed[0])) {
      one.check(now);
    }
    upstreams.closeIdle(now);
  }
}
