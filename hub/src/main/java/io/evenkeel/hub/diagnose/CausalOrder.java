package io.evenkeel.hub.diagnose;

import static io.evenkeel.hub.diagnose.finding.Cause.*;

import io.evenkeel.hub.diagnose.finding.Cause;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// Which causes follow from which: what is explained is told with its cause, not beside it. Has no
/// circles.
final class CausalOrder {
  private static final Map<Cause, Set<Cause>> EXPLAINS =
      Map.ofEntries(
          Map.entry(STEAL, EnumSet.of(CPU_SATURATION, RUN_QUEUE)),
          Map.entry(CPU_QUOTA, EnumSet.of(RUN_QUEUE, SINGLE_THREAD)),
          Map.entry(LOCK_CONTENTION, EnumSet.of(RUN_QUEUE, CPU_SATURATION, SINGLE_THREAD)),
          Map.entry(RUN_QUEUE, EnumSet.of(CPU_SATURATION)),
          Map.entry(GARBAGE_COLLECTION, EnumSet.of(SINGLE_THREAD)),
          Map.entry(OOM_KILL, EnumSet.of(MEMORY_RECLAIM, PAGE_CACHE_CHURN)),
          Map.entry(
              SWAP_THRASH,
              EnumSet.of(MEMORY_RECLAIM, DISK_LATENCY, DISK_THROUGHPUT, PAGE_CACHE_CHURN)),
          Map.entry(PAGE_CACHE_CHURN, EnumSet.of(MEMORY_RECLAIM, DISK_LATENCY, DISK_THROUGHPUT)),
          Map.entry(DIRTY_PAGES, EnumSet.of(DISK_LATENCY, DISK_THROUGHPUT)),
          Map.entry(HUGE_PAGE_STALLS, EnumSet.of(MEMORY_RECLAIM)),
          Map.entry(ACCEPT_OVERFLOW, EnumSet.of(SYN_QUEUE, RETRANSMITS)),
          Map.entry(SYN_QUEUE, EnumSet.of(RETRANSMITS)),
          Map.entry(CONNTRACK, EnumSet.of(RETRANSMITS)),
          Map.entry(SOFTNET_DROPS, EnumSet.of(RETRANSMITS)),
          Map.entry(RING_OVERRUN, EnumSet.of(RETRANSMITS)),
          Map.entry(NIC_SATURATION, EnumSet.of(RETRANSMITS, UDP_BUFFERS)),
          Map.entry(TCP_BUFFERS, EnumSet.of(RETRANSMITS)),
          Map.entry(EPHEMERAL_PORTS, EnumSet.of(CONNTRACK)));

  private CausalOrder() {}

  static Set<Cause> explainedBy(Cause cause) {
    return EXPLAINS.getOrDefault(cause, Set.of());
  }
}
