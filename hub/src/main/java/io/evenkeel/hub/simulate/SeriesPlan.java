package io.evenkeel.hub.simulate;

import io.evenkeel.model.Label;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// The series that every simulated server has, under node_exporter's names, each with the label
/// `simulated="true"`.
///
/// Labels are kept encoded, once for all servers, around the place of the `instance` label; a batch
/// is put together in one buffer. Not thread-safe.
final class SeriesPlan {
  /// The fewest series: with them the pages show the four golden signals.
  static final int FEWEST = 12;

  /// As many as a hub takes from one sender by default.
  static final int MOST = 5_000;

  private static final int CPUS_AT_MOST = 16;

  private final List<Planned> planned = new ArrayList<>();
  private int cpus = 1;
  private byte[] scratch = new byte[0];

  private record Planned(byte[] before, byte[] after, ToDoubleFunction<SimulatedServer> value) {}

  /// @param series how many, from [#FEWEST] to [#MOST]
  SeriesPlan(int series) {
    if (series < FEWEST || series > MOST) {
      throw new IllegalArgumentException(series + " series");
    }
    essential();
    usual();
    moreCpus(series);
    for (int unit = 1; planned.size() < series; unit++) {
      String name = "app-%d.service".formatted(unit);
      double share = 1.0 / (unit + 1);
      add("evenkeel_unit_cpu_seconds_total", s -> s.cpuSeconds(1) * share, "unit", name);
      add(
          "evenkeel_unit_memory_bytes",
          s -> (s.memoryBytes() - s.memoryAvailableBytes()) * share,
          "unit",
          name);
    }
    planned.subList(series, planned.size()).clear();
  }

  private void essential() {
    cpu(0, 3);
    add("node_memory_MemTotal_bytes", SimulatedServer::memoryBytes);
    add("node_memory_MemAvailable_bytes", SimulatedServer::memoryAvailableBytes);
    fileSystem("/var", "/dev/sda2", SimulatedServer::varBytes, SimulatedServer::varAvailableBytes);
    add("node_network_receive_bytes_total", SimulatedServer::receivedBytes, "device", "eth0");
    add("node_network_transmit_bytes_total", SimulatedServer::sentBytes, "device", "eth0");
    add(
        "node_uname_info",
        s -> 1,
        "sysname",
        "Linux",
        "release",
        "6.12.0-simulated",
        "machine",
        "x86_64",
        "nodename",
        "simulated");
    add("evenkeel_simulated_sequence", SimulatedServer::sequence);
    add("node_boot_time_seconds", SimulatedServer::bootedAtSeconds);
  }

  private void fileSystem(
      String mount,
      String device,
      ToDoubleFunction<SimulatedServer> size,
      ToDoubleFunction<SimulatedServer> available) {
    String[] labels = {"device", device, "fstype", "ext4", "mountpoint", mount};
    add("node_filesystem_size_bytes", size, labels);
    add("node_filesystem_avail_bytes", available, labels);
  }

  private void usual() {
    add("node_load1", SimulatedServer::load);
    add("node_load5", s -> s.load() * 0.97);
    add("node_load15", s -> s.load() * 0.93);
    fileSystem("/", "/dev/sda1", SimulatedServer::rootBytes, SimulatedServer::rootAvailableBytes);
    cpu(3, SimulatedServer.CPU_MODES.length);
    add("node_memory_MemFree_bytes", s -> s.memoryAvailableBytes() * 0.3);
    add("node_memory_Cached_bytes", s -> s.memoryAvailableBytes() * 0.6);
    add("node_memory_Buffers_bytes", s -> s.memoryAvailableBytes() * 0.05);
    add("node_memory_SwapTotal_bytes", s -> 0);
    add("node_memory_SwapFree_bytes", s -> 0);
    String[] disk = {"device", "sda"};
    add("node_disk_read_bytes_total", SimulatedServer::readBytes, disk);
    add("node_disk_written_bytes_total", SimulatedServer::writtenBytes, disk);
    add("node_disk_io_time_seconds_total", SimulatedServer::diskSeconds, disk);
    add("node_disk_io_time_weighted_seconds_total", s -> s.diskSeconds() * 1.4, disk);
    add("node_disk_reads_completed_total", s -> Math.floor(s.readBytes() / 24_000), disk);
    add("node_disk_writes_completed_total", s -> Math.floor(s.writtenBytes() / 16_000), disk);
    add("node_disk_read_time_seconds_total", s -> s.diskSeconds() * 0.3, disk);
    add("node_disk_write_time_seconds_total", s -> s.diskSeconds() * 0.7, disk);
    String[] card = {"device", "eth0"};
    add("node_network_receive_packets_total", s -> Math.floor(s.receivedBytes() / 900), card);
    add("node_network_transmit_packets_total", s -> Math.floor(s.sentBytes() / 1_100), card);
    add("node_network_receive_errs_total", s -> Math.floor(s.droppedPackets() / 4), card);
    add("node_network_receive_drop_total", s -> Math.floor(s.droppedPackets()), card);
    add("node_network_transmit_errs_total", s -> 0, card);
    add("node_network_transmit_drop_total", s -> 0, card);
    add("node_network_up", s -> 1, card);
    add("node_procs_running", SimulatedServer::runnable);
    add("node_procs_blocked", SimulatedServer::blocked);
    add("node_context_switches_total", s -> Math.floor(s.switches()));
    add("node_intr_total", s -> Math.floor(s.switches() * 0.7));
    add("node_forks_total", s -> Math.floor(s.switches() * 0.001));
    add("node_pressure_cpu_waiting_seconds_total", SimulatedServer::secondsWaitedForCpu);
    add("node_pressure_io_waiting_seconds_total", SimulatedServer::secondsWaitedForDisk);
    add("node_pressure_io_stalled_seconds_total", s -> s.secondsWaitedForDisk() * 0.8);
    add("node_sockstat_TCP_inuse", SimulatedServer::established);
    add("node_sockstat_TCP_tw", s -> Math.floor(s.established() * 0.4));
    add("node_netstat_Tcp_CurrEstab", SimulatedServer::established);
    add("node_filefd_allocated", s -> 1_500 + 4 * s.established());
    add("node_filefd_maximum", s -> 1_048_576);
  }

  private void moreCpus(int series) {
    while (cpus < CPUS_AT_MOST && planned.size() + SimulatedServer.CPU_MODES.length <= series) {
      cpus++;
      cpu(0, SimulatedServer.CPU_MODES.length);
    }
  }

  private void cpu(int fromMode, int toMode) {
    String core = Integer.toString(cpus - 1);
    for (int i = fromMode; i < toMode; i++) {
      int mode = i;
      add(
          "node_cpu_seconds_total",
          s -> s.cpuSeconds(mode),
          "cpu",
          core,
          "mode",
          SimulatedServer.CPU_MODES[i]);
    }
  }

  private void add(String metric, ToDoubleFunction<SimulatedServer> value, String... labels) {
    TreeMap<String, String> all = new TreeMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      all.put(labels[i], labels[i + 1]);
    }
    all.put(Label.METRIC_NAME, metric);
    all.put(Label.JOB, "node");
    all.put("simulated", "true");
    planned.add(
        new Planned(
            encoded(all.headMap(Label.INSTANCE)), encoded(all.tailMap(Label.INSTANCE)), value));
  }

  private static byte[] encoded(Map<String, String> labels) {
    return LabelBytes.encode(
        Labels.of(
            labels.entrySet().stream()
                .flatMap(label -> Stream.of(label.getKey(), label.getValue()))
                .toArray(String[]::new)));
  }

  /// How many series a server has.
  int size() {
    return planned.size();
  }

  /// How many cores a server has.
  int cpus() {
    return cpus;
  }

  /// The `instance` label of a server as [Lines] wants it.
  static byte[] instance(SimulatedServer server) {
    return LabelBytes.encode(Labels.of(Label.INSTANCE, server.name));
  }

  /// A buffer-backed batch that moments of one server are added to.
  Lines lines(byte[] instance) {
    return new Lines(instance);
  }

  /// Moments of one server; valid until the plan makes the next.
  final class Lines {
    final SampleBatch batch = new SampleBatch();

    private Lines(byte[] instance) {
      int size =
          planned.stream().mapToInt(p -> p.before.length + instance.length + p.after.length).sum();
      if (scratch.length < size) {
        scratch = Arrays.copyOf(scratch, size);
      }
      int at = 0;
      for (Planned series : planned) {
        int from = at;
        at = put(series.before, at);
        at = put(instance, at);
        at = put(series.after, at);
        batch.addSeries(scratch, from, at - from);
      }
    }

    private int put(byte[] piece, int at) {
      System.arraycopy(piece, 0, scratch, at, piece.length);
      return at + piece.length;
    }

    /// Adds the server's values at a time.
    void add(SimulatedServer server, long timeMillis) {
      for (int i = 0; i < planned.size(); i++) {
        batch.addSample(i, timeMillis, planned.get(i).value.applyAsDouble(server));
      }
    }
  }
}
