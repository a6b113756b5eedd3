package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.BiFunction;

/// Reads the counters of block devices (Documentation/admin-guide/iostats.rst).
record Disks(
    String device,
    double busy,
    double queue,
    double awaitSeconds,
    double requestsPerSecond,
    double bytesPerSecond) {

  /// Whether a device is a disk itself: not a partition of one, a loop, or a RAM disk, whose
  /// requests another device serves.
  static boolean isReal(String device) {
    return !device.matches("(loop|ram|zram|dm-|md|sr|fd)\\d+");
  }

  /// The device whose queue is the longest.
  static Optional<Disks> worst(EvidenceWindow window) {
    return window.of("node_disk_io_time_weighted_seconds_total").stream()
        .filter(track -> track.size() > 1 && isReal(track.label("device")))
        .map(track -> of(window, track.label("device")))
        .max(Comparator.comparingDouble(Disks::queue).thenComparing(Disks::device));
  }

  /// Judges the device whose queue is the longest.
  ///
  /// @param signs adds what makes the cause to a judgement of that device
  static Outcome judge(
      EvidenceWindow window, Cause cause, BiFunction<Disks, Judgement, Judgement> signs) {
    return worst(window)
        .map(disk ->
            signs
                .apply(disk, Judgement.of(cause).about(disk.device()))
                .supportStorageWait(window)
                .by(Culprits.ofStorage(window))
                .decide())
        .orElseGet(() -> Judgement.unknown(cause, "no disk is measured here", "此处没有磁盘数据"));
  }

  private static Disks of(EvidenceWindow window, String device) {
    double requests =
        rate(window, device, "reads_completed") + rate(window, device, "writes_completed");
    double waited =
        rate(window, device, "read_time_seconds") + rate(window, device, "write_time_seconds");
    return new Disks(
        device,
        rate(window, device, "io_time_seconds"),
        rate(window, device, "io_time_weighted_seconds"),
        requests > 0 ? waited / requests : 0,
        requests,
        rate(window, device, "read_bytes") + rate(window, device, "written_bytes"));
  }

  private static double rate(EvidenceWindow window, String device, String what) {
    return window
        .rate("node_disk_" + what + "_total", track -> track.label("device").equals(device))
        .orElse(0);
  }

  /// The mean size of a request, bytes.
  double requestBytes() {
    return requestsPerSecond > 0 ? bytesPerSecond / requestsPerSecond : 0;
  }

  String query(String what) {
    return "rate(node_disk_" + what + "_total{instance=\"$host\",device=\"" + device + "\"}[1m])";
  }
}
