package io.evenkeel.hub.diagnose.rule;

import java.util.List;

/// The rules in the order of the catalogue: to add one, write it and name it here.
public final class DiagnosisRules {
  public static final List<DiagnosisRule> ALL =
      List.of(
          new CpuSaturation(),
          new SingleThread(),
          new Steal(),
          new CpuQuota(),
          new RunQueue(),
          new SoftirqImbalance(),
          new SoftnetDrops(),
          new LockContention(),
          new MemoryReclaim(),
          new SwapThrash(),
          new OomKill(),
          new HugePageStalls(),
          new Numa(),
          new DirtyPages(),
          new PageCacheChurn(),
          new DiskLatency(),
          new DiskThroughput(),
          new DiskFull(),
          new Inodes(),
          new FileDescriptors(),
          new Pids(),
          new NicSaturation(),
          new RingOverrun(),
          new AcceptOverflow(),
          new SynQueue(),
          new Retransmits(),
          new TcpBuffers(),
          new EphemeralPorts(),
          new Conntrack(),
          new UdpBuffers(),
          new NameResolution(),
          new ClockSync(),
          new GarbageCollection());

  private DiagnosisRules() {}
}
