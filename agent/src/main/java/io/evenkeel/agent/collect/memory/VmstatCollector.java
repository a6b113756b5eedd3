package io.evenkeel.agent.collect.memory;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/vmstat`: paging, reclaim and the like; node_exporter's fields and those that diagnosis
/// needs.
public final class VmstatCollector extends FileCollector {
  private static final java.util.Set<String> FIELDS =
      java.util.Set.of(
          "pgscan_direct",
          "pgsteal_direct",
          "compact_stall",
          "thp_fault_fallback",
          "workingset_refault_file",
          "workingset_refault_anon",
          "nr_dirty",
          "nr_writeback",
          "nr_dirty_threshold",
          "numa_hit",
          "numa_miss",
          "oom_kill");

  private final java.util.Map<String, Samples.Family> families = new java.util.HashMap<>();

  public VmstatCollector(Surroundings surroundings) {
    super("vmstat", surroundings.proc("vmstat"), "virtual memory statistics", surroundings.names());
  }

  private static boolean isWanted(String field) {
    return FIELDS.contains(field)
        || field.startsWith("pgpg")
        || field.startsWith("pswp")
        || field.startsWith("allocstall")
        || (field.startsWith("pg") && field.endsWith("fault"));
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    while (text.nextLine() && text.nextWord()) {
      String field = text.text(names);
      if (!isWanted(field)) {
        continue;
      }
      Samples.Family family = families.get(field);
      if (family == null) {
        family =
            out.untyped("node_vmstat_" + field, "/proc/vmstat information field " + field + ".");
        families.put(field, family);
      }
      set(family, text.number(), 1);
    }
  }
}
