package io.evenkeel.hub.diagnose.evidence;

import java.util.List;

/// Which metrics diagnosis looks at, by the beginnings of their names.
public final class Measures {
  private static final List<String> BEGINNINGS =
      List.of(
          "evenkeel_dns_",
          "evenkeel_jvm_",
          "evenkeel_process_",
          "evenkeel_unit_",
          "node_context_switches_total",
          "node_cpu_seconds_total",
          "node_disk_",
          "node_filefd_",
          "node_filesystem_",
          "node_forks_total",
          "node_load1",
          "node_memory_",
          "node_netstat_",
          "node_network_",
          "node_nf_conntrack_",
          "node_pressure_",
          "node_processes_",
          "node_procs_",
          "node_schedstat_",
          "node_sockstat_",
          "node_softnet_",
          "node_sysctl_",
          "node_timex_",
          "node_vmstat_");

  /// The same as a regular expression for a matcher on `__name__`.
  public static final String EXPRESSION = "(" + String.join("|", BEGINNINGS) + ").*";

  private Measures() {}

  /// Whether diagnosis looks at a metric.
  public static boolean isWanted(String metric) {
    for (String beginning : BEGINNINGS) {
      if (metric.startsWith(beginning)) {
        return true;
      }
    }
    return false;
  }
}
