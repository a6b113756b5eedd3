package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/// Reads the counters of block devices (Documentation/admin-guide/iostats.rst). Every number is
/// empty where its counters are missing; what is measured of a request is empty when there was
/// none.
///
/// @param busy share of the time in which the device had a request
/// @param queue how many requests it had at a time, on average
/// @param awaitSeconds how long a request took, waiting included
/// @param requestBytes the mean size of a request
record Disks(
    String device,
    OptionalDouble busy,
    OptionalDouble queue,
    OptionalDouble awaitSeconds,
    OptionalDouble requestBytes) {

  private static final String QUEUE = "io_time_weighted_seconds";

  /// Whether a device is a disk itself: not a partition of one, a loop, or a RAM disk, whose
  /// requests another device serves.
  static boolean isReal(String device) {
    return !device.matches("(loop|ram|zram|dm-|md|sr|fd)\\d+");
  }

  /// The device whose queue is the longest.
  static Optional<Disks> worst(EvidenceWindow window) {
    return window.of("node_disk_" + QUEUE + "_total").stream()
        .filter(track -> track.size() > 1 && isReal(track.label("device")))
        .max(Comparator.comparingDouble(window::rate))
        .map(track -> of(window, track.label("device")));
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
    OptionalDouble requests =
        HostLoad.total(
            rate(window, device, "reads_completed"), rate(window, device, "writes_completed"));
    OptionalDouble waited =
        HostLoad.total(
            rate(window, device, "read_time_seconds"), rate(window, device, "write_time_seconds"));
    OptionalDouble bytes =
        HostLoad.total(rate(window, device, "read_bytes"), rate(window, device, "written_bytes"));
    return new Disks(
        device,
        rate(window, device, "io_time_seconds"),
        rate(window, device, QUEUE),
        HostLoad.ratio(waited, requests),
        HostLoad.ratio(bytes, requests));
  }

  private static OptionalDouble rate(EvidenceWindow window, String device, String what) {
    return window.rate(
        "node_disk_" + what + "_total", track -> track.label("device").equals(device));
  }

  String query(String what) {
    return "rate(node_disk_" + what + "_total{instance=\"$host\",device=\"" + device + "\"}[1m])";
  }
}
