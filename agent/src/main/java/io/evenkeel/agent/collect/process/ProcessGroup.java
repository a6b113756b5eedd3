package io.evenkeel.agent.collect.process;

/// The processes of one command, user and unit, whose use is told together.
///
/// Its counters take only increases, so that they never fall when one of its processes ends.
final class ProcessGroup {
  /// A group's name.
  record Key(String comm, String user, String unit) {}

  final Key key;
  long cpuTicks;
  long readBytes;
  long writtenBytes;

  /// Whether the I/O of any of its processes was ever told.
  boolean hasIo;

  /// What the counters were at the full scan before the last.
  long cpuTicksBefore;

  long readBytesBefore;
  long writtenBytesBefore;
  boolean hadIo;

  /// Sums over the processes that live, as each was read last.
  long residentPages;

  long threads;
  long openFds;
  boolean allFdsKnown;

  /// The greatest share that one of its processes has open of what it may; 0 when that is small.
  double fdsUsed;

  boolean top;
  boolean topBefore;

  /// Whether it was on top until the scan before the last: its series ended then.
  boolean leftLastScan;

  /// Full scans since it had a process.
  int emptyScans;

  ProcessGroup(Key key) {
    this.key = key;
  }

  /// Keeps the counters as those of the scan that ends now.
  void remember() {
    cpuTicksBefore = cpuTicks;
    readBytesBefore = readBytes;
    writtenBytesBefore = writtenBytes;
    hadIo = hasIo;
  }
}
