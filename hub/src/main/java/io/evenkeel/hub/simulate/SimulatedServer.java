package io.evenkeel.hub.simulate;

/// One simulated server: what it is and how busy it is at the moment that [#advance] brought it to.
///
/// Its load follows the day, with an hour of its own at which it is busiest, and a little noise; a
/// [Fault] may add to that. The course depends only on its number and the time, so that two runs
/// draw the same curves. Not thread-safe.
final class SimulatedServer {
  private static final double DAY_MILLIS = 86_400_000;
  private static final double GIB = 1L << 30;

  /// The modes of `node_cpu_seconds_total`, in the order of [#cpuSeconds].
  static final String[] CPU_MODES = {
    "idle", "user", "system", "iowait", "softirq", "steal", "nice", "irq"
  };

  final String name;
  private final int number;
  private final long seed;
  private final boolean faulty;
  private final int cores;
  private final double peakHour;
  private final double base;
  private final double swing;
  private long timeMillis;
  private boolean running;
  private Fault fault = Fault.NONE;
  private double busy;
  private double waiting;
  private double memoryShare;
  private double varShare;
  private final double[] cpuSeconds = new double[CPU_MODES.length];
  private double receivedBytes;
  private double sentBytes;
  private double readBytes;
  private double writtenBytes;
  private double diskSeconds;
  private double dropped;
  private double switches;
  private double waitedForCpu;
  private double waitedForDisk;
  private long sequence;

  /// @param faulty whether it has faults now and then
  SimulatedServer(int number, int cores, boolean faulty) {
    this.number = number;
    this.cores = cores;
    this.faulty = faulty;
    seed = Noise.hash(number);
    name = "sim-%05d".formatted(number);
    peakHour = 9 + 9 * Noise.unit(seed + 1);
    base = 0.04 + 0.22 * Noise.unit(seed + 2);
    swing = 0.08 + 0.38 * Noise.unit(seed + 3);
  }

  /// Goes to a later moment; counters grow by what passed.
  void advance(long toMillis) {
    double seconds = running ? Math.max(0, toMillis - timeMillis) / 1_000.0 : 0;
    running = true;
    timeMillis = toMillis;
    fault = faulty ? Fault.at(seed, number, toMillis) : Fault.NONE;
    double day = 2 * Math.PI * (toMillis / DAY_MILLIS - peakHour / 24);
    double noise = 0.08 * (Noise.smooth(seed + 4, toMillis, 180_000) - 0.5);
    double load = base + swing * (0.5 + 0.5 * Math.cos(day)) + noise;
    busy = fault == Fault.CPU_SATURATED ? 0.985 : Math.clamp(load, 0.01, 0.84);
    waiting = fault == Fault.SLOW_DISK ? Math.min(1 - busy, 0.45) : Math.min(1 - busy, 0.02 * load);
    memoryShare = memory(load);
    varShare = var();
    grow(seconds, load);
    sequence++;
  }

  private double memory(double load) {
    double usual = 0.28 + 0.3 * Noise.unit(seed + 5) + 0.12 * load;
    double leak = Math.floorMod(timeMillis, 2_700_000L) / 2_700_000.0;
    return fault == Fault.MEMORY_LEAK ? usual + (0.97 - usual) * Math.sqrt(leak) : usual;
  }

  private double var() {
    double ofDay = Math.floorMod(timeMillis + number * 3_600_000L, 86_400_000L) / DAY_MILLIS;
    return fault == Fault.DISK_FILLING
        ? 0.55 + 0.42 * ofDay
        : 0.15 + 0.5 * Noise.unit(seed + 6) + 0.02 * ofDay;
  }

  private void grow(double seconds, double load) {
    double[] shares = {
      1 - busy - waiting,
      busy * 0.68,
      busy * 0.24,
      waiting,
      busy * 0.04,
      busy * 0.02,
      0,
      busy * 0.02
    };
    for (int mode = 0; mode < shares.length; mode++) {
      cpuSeconds[mode] += shares[mode] * seconds;
    }
    double traffic = 40e6 * load * (0.4 + Noise.unit(seed + 7));
    receivedBytes += 0.6 * traffic * seconds;
    sentBytes += traffic * seconds;
    readBytes += 3e6 * load * seconds;
    writtenBytes += 5e6 * load * seconds;
    diskSeconds += seconds * (fault == Fault.SLOW_DISK ? 0.99 : Math.min(0.6, load * 0.3));
    dropped += fault == Fault.NETWORK_ERRORS ? 120 * seconds : 0;
    switches += (2_000 + 30_000 * load) * seconds;
    waitedForCpu += seconds * (fault == Fault.CPU_SATURATED ? 0.7 : 0.02 * load);
    waitedForDisk += seconds * (fault == Fault.SLOW_DISK ? 0.6 : 0.01 * load);
  }

  /// The moment it is at, epoch milliseconds.
  long timeMillis() {
    return timeMillis;
  }

  boolean isSilent() {
    return fault == Fault.SILENT;
  }

  /// How many moments it has had, this one too.
  double sequence() {
    return sequence;
  }

  /// Seconds that each core spent in a mode, by its place in [#CPU_MODES].
  double cpuSeconds(int mode) {
    return cpuSeconds[mode];
  }

  double cores() {
    return cores;
  }

  double memoryBytes() {
    return GIB * (1 << (2 + number % 5));
  }

  double memoryAvailableBytes() {
    return memoryBytes() * (1 - memoryShare);
  }

  double rootBytes() {
    return 40 * GIB;
  }

  double rootAvailableBytes() {
    return rootBytes() * (0.45 + 0.3 * Noise.unit(seed + 8));
  }

  double varBytes() {
    return 200 * GIB;
  }

  double varAvailableBytes() {
    return varBytes() * (1 - varShare);
  }

  double load() {
    return cores * busy * (fault == Fault.CPU_SATURATED ? 2.6 : 1) + cores * waiting;
  }

  double runnable() {
    return 1 + Math.round(load());
  }

  double blocked() {
    return Math.round(cores * waiting);
  }

  double receivedBytes() {
    return receivedBytes;
  }

  double sentBytes() {
    return sentBytes;
  }

  double readBytes() {
    return readBytes;
  }

  double writtenBytes() {
    return writtenBytes;
  }

  double diskSeconds() {
    return diskSeconds;
  }

  double droppedPackets() {
    return dropped;
  }

  double switches() {
    return switches;
  }

  double secondsWaitedForCpu() {
    return waitedForCpu;
  }

  double secondsWaitedForDisk() {
    return waitedForDisk;
  }

  /// Epoch seconds: a moment that all runs share.
  double bootedAtSeconds() {
    return 1_750_000_000L + number % 1_000 * 1_800L;
  }

  double established() {
    return Math.round(20 + 900 * busy);
  }
}
