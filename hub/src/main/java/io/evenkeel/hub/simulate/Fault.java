package io.evenkeel.hub.simulate;

/// What can be wrong with a simulated server for a while.
enum Fault {
  NONE,
  /// Every core is busy, more wants to run.
  CPU_SATURATED,
  /// Memory grows until something gives it back.
  MEMORY_LEAK,
  /// `/var` fills up.
  DISK_FILLING,
  /// The disk is busy all the time, the cores wait for it.
  SLOW_DISK,
  /// The network card drops packets.
  NETWORK_ERRORS,
  /// The server does not report.
  SILENT;

  private static final long SLOT_MILLIS = 2 * 3_600_000L;
  private static final int SICK_PER_THOUSAND = 60;
  private static final Fault[] PASSING = {
    CPU_SATURATED, MEMORY_LEAK, SLOW_DISK, NETWORK_ERRORS, SILENT
  };

  /// The fault of a server at a moment: every tenth server's disk fills up each day, any other is
  /// sick in 6 % of the two-hour slots, for 15 to 75 minutes of it.
  ///
  /// @param seed tells the servers apart
  static Fault at(long seed, int number, long timeMillis) {
    if (number % 10 == 3) {
      return DISK_FILLING;
    }
    long slot = Math.floorDiv(timeMillis, SLOT_MILLIS);
    long dice = Noise.hash(seed * 31 + slot);
    if (Math.floorMod(dice, 1_000L) >= SICK_PER_THOUSAND) {
      return NONE;
    }
    long begin = (dice >>> 12) % (40 * 60_000L);
    long length = 15 * 60_000L + (dice >>> 24) % (60 * 60_000L);
    long within = Math.floorMod(timeMillis, SLOT_MILLIS) - begin;
    return within >= 0 && within < length ? PASSING[(int) ((dice >>> 40) % PASSING.length)] : NONE;
  }
}
