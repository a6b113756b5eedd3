package io.evenkeel.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.agent.AgentSettings;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Runs Debian's prometheus-node-exporter beside the collectors and compares every common series.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeExporterComparisonTest {
  private static final Path PROGRAM = Path.of("/usr/bin/prometheus-node-exporter");
  private static final Pattern LINE = Pattern.compile("([a-zA-Z_:]\\w*)(\\{.*})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /// Two reads of a busy machine never see the same instant; a counter may have moved by this share
  /// of itself or by this much, whichever is more.
  private static final double SHARE = 0.05;

  private static final Map<String, Double> SLACK =
      Map.ofEntries(
          Map.entry("node_cpu_seconds_total", 4.0),
          Map.entry("node_memory_", 512e6),
          Map.entry("node_load", 2.0),
          Map.entry("node_procs_", 60.0),
          Map.entry("node_disk_io_now", 100.0),
          Map.entry("node_disk_", 300e6),
          Map.entry("node_network_", 50e6),
          Map.entry("node_filesystem_", 1e9),
          Map.entry("node_netstat_", 2_000.0),
          Map.entry("node_sockstat_TCP_mem", 10e6),
          Map.entry("node_sockstat_", 300.0),
          Map.entry("node_vmstat_", 500_000.0),
          Map.entry("node_pressure_", 4.0),
          Map.entry("node_softnet_", 5_000.0),
          Map.entry("node_softirqs_", 20_000.0),
          Map.entry("node_context_switches_total", 200_000.0),
          Map.entry("node_intr_total", 200_000.0),
          Map.entry("node_forks_total", 3_000.0),
          Map.entry("node_filefd_", 3_000.0),
          Map.entry("node_entropy_", 256.0),
          Map.entry("node_time_seconds", 10.0),
          Map.entry("node_timex_", 5.0),
          Map.entry("node_arp_entries", 5.0),
          Map.entry("node_schedstat_", 4.0),
          Map.entry("node_processes_", 300.0));

  /// Metrics that metrics.md's scope has; what node_exporter tells of them we must tell too.
  private static final Pattern IN_SCOPE =
      Pattern.compile(
          "node_(cpu_seconds|cpu_guest|context_switches|forks|intr_total|boot_time|procs_|load|time_seconds|uname_info|memory_|vmstat_|"
              + "disk_(reads_|read_|writes_|write_|written_|io_|discards_completed|flush_requests_total)|filesystem_(size|free|avail|files|readonly|device)|"
              + "network_(receive_(bytes|packets|errs|drop|fifo|compressed|frame|multicast)|transmit_(bytes|packets|errs|drop|fifo|compressed|colls|carrier|queue)|up|carrier$|mtu|speed|info)|netstat_|sockstat_(sockets|TCP|UDP)|pressure_|schedstat_(running|waiting)|softnet_(processed|dropped|times)|"
              + "filefd|nf_conntrack_entries|entropy_available|arp_entries|timex_(offset|maxerror|sync)|hwmon_temp|thermal_zone|md_disks|bonding|edac).*");

  private Process exporter;
  private Map<String, Double> theirs;

  /// Ours just before and just after theirs: what moves meanwhile lies between the two.
  private Map<String, Double> before;

  private Map<String, Double> ours;

  @BeforeAll
  void read_both() throws Exception {
    assumeThat(Files.isExecutable(PROGRAM)).as("prometheus-node-exporter is installed").isTrue();
    int port = freePort();
    exporter =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--web.listen-address=127.0.0.1:" + port,
                "--collector.processes",
                "--no-collector.systemd")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(
            () -> client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200);
    Samples samples = new Samples(Labels.empty());
    List<Collector> collectors =
        Collectors.all(
            AgentSettings.of("here", Duration.ofSeconds(1), Optional.empty()),
            InstantSource.system(),
            snapshot -> {});
    before = collect(collectors, samples);
    theirs = parse(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    // On a busy machine a file system may be late with its answer, and is asked again.
    ours =
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> collect(collectors, samples), this::hasEveryFileSystem);
    collectors.forEach(Collector::close);
    client.close();
  }

  @AfterAll
  void stop() {
    if (exporter != null) {
      exporter.destroy();
    }
  }

  @Test
  void agrees_on_the_value_of_every_common_series() {
    List<String> apart = new ArrayList<>();
    int common = 0;
    for (Map.Entry<String, Double> entry : theirs.entrySet()) {
      Double own = ours.get(entry.getKey());
      if (own == null || !IN_SCOPE.matcher(entry.getKey()).matches()) {
        continue;
      }
      common++;
      double slack = Math.max(slack(entry.getKey()), SHARE * Math.abs(entry.getValue()));
      double earlier = before.getOrDefault(entry.getKey(), own);
      if (entry.getValue() < Math.min(earlier, own) - slack
          || entry.getValue() > Math.max(earlier, own) + slack) {
        apart.add(
            entry.getKey() + ": ours " + earlier + " to " + own + ", theirs " + entry.getValue());
      }
    }
    System.out.println("node_exporter comparison: " + common + " common series");
    assertThat(common).isGreaterThan(200);
    assertThat(apart).isEmpty();
  }

  @Test
  void misses_nothing_that_node_exporter_tells_within_scope() {
    TreeSet<String> missing = new TreeSet<>();
    for (String series : theirs.keySet()) {
      if (IN_SCOPE.matcher(series).matches() && !isLeftOut(series) && !ours.containsKey(series)) {
        missing.add(series);
      }
    }
    assertThat(missing).isEmpty();
  }

  private boolean hasEveryFileSystem(Map<String, Double> read) {
    return theirs.keySet().stream()
        .filter(series -> series.startsWith("node_filesystem_size_bytes") && !isLeftOut(series))
        .allMatch(read::containsKey);
  }

  /// What this release of node_exporter tells and we do not, for a reason.
  private boolean isLeftOut(String series) {
    // Newer releases leave compressed RAM disks out, as we do.
    return series.contains("device=\"zram")
        // The kernel's −1 for a link without a speed is no speed.
        || (series.startsWith("node_network_speed_bytes") && theirs.getOrDefault(series, 0.0) < 0);
  }

  private static double slack(String series) {
    return SLACK.entrySet().stream()
        .filter(entry -> series.startsWith(entry.getKey()))
        .mapToDouble(Map.Entry::getValue)
        .max()
        .orElse(0);
  }

  private static Map<String, Double> collect(List<Collector> collectors, Samples samples)
      throws IOException, InvalidLabelsException {
    for (Collector collector : collectors) {
      try {
        collector.collect(samples);
      } catch (NotAvailableException e) {
        System.out.println("not available here: " + collector.name() + ": " + e.getMessage());
      }
    }
    SampleBatch batch = new SampleBatch();
    samples.drain(batch, 0);
    Map<String, Double> values = new TreeMap<>();
    for (int i = 0; i < batch.sampleCount(); i++) {
      // Releases before 1.6 do not have the label adminstate.
      values.put(
          batch.labels(batch.series(i)).without(Set.of("adminstate")).toString(),
          Double.longBitsToDouble(batch.valueBits(i)));
    }
    return values;
  }

  private static Map<String, Double> parse(String page) {
    Map<String, Double> values = new TreeMap<>();
    page.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> {
          Matcher parts = LINE.matcher(line);
          if (!parts.matches()) {
            return;
          }
          Labels.Builder labels = new Labels.Builder().set("__name__", parts.group(1));
          Matcher label = LABEL.matcher(parts.group(2) == null ? "" : parts.group(2));
          while (label.find()) {
            labels.set(label.group(1), label.group(2).replace("\\\"", "\"").replace("\\\\", "\\"));
          }
          String value = parts.group(3).replace("+Inf", "Infinity").replace("-Inf", "-Infinity");
          values.put(labels.build().toString(), Double.parseDouble(value));
        });
    return values;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
