package io.evenkeel.model.tune;

import io.evenkeel.model.tune.Bounds.Buffers;
import io.evenkeel.model.tune.Bounds.CpuList;
import io.evenkeel.model.tune.Bounds.CpuMask;
import io.evenkeel.model.tune.Bounds.OneOf;
import io.evenkeel.model.tune.Bounds.Percent;
import io.evenkeel.model.tune.Bounds.Ports;
import io.evenkeel.model.tune.Bounds.Size;
import io.evenkeel.model.tune.Bounds.Whole;
import io.evenkeel.model.tune.Place.BlockQueue;
import io.evenkeel.model.tune.Place.CpuFrequency;
import io.evenkeel.model.tune.Place.Directive;
import io.evenkeel.model.tune.Place.Group;
import io.evenkeel.model.tune.Place.ProcessProperty;
import io.evenkeel.model.tune.Place.ReceiveQueue;
import io.evenkeel.model.tune.Place.Service;
import io.evenkeel.model.tune.Place.SysFile;
import io.evenkeel.model.tune.Place.Sysctl;
import io.evenkeel.model.tune.Place.Trait;
import io.evenkeel.model.tune.Place.UnitProperty;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Every knob that may be turned. `net.ipv4.ip_forward` is none, and never will be: writing it sets
/// other knobs back (Documentation/networking/ip-sysctl.rst).
///
/// Ranges are those in which the kernel's documents (admin-guide/sysctl, networking/ip-sysctl.rst,
/// admin-guide/cgroup-v2.rst, block/queue-sysfs.rst) know of no harm; buffers have a hard cap of 16
/// MiB, so that they cannot grow without bound.
public final class TuningActions {
  private static final long MIB = 1L << 20;
  private static final long TIB = 1L << 40;

  /// The kernel counts a group's memory in pages, of up to 64 KiB.
  private static final long LARGEST_PAGE = 64 << 10;

  public static final List<TuningAction> ALL =
      List.of(
          // Queues of the network: what is open keeps its length.
          sysctl("net.core.somaxconn", 128, 16_384, Risk.LOW, 5, true),
          sysctl("net.ipv4.tcp_max_syn_backlog", 128, 16_384, Risk.LOW, 5, true),
          sysctl("net.core.netdev_max_backlog", 300, 30_000, Risk.LOW, 5, false),
          sysctl("net.core.netdev_budget", 300, 600, Risk.LOW, 5, false),
          sysctl("net.core.rmem_default", 212_992, 16 * MIB, Risk.LOW, 5, true),
          sysctl("net.core.rmem_max", 212_992, 16 * MIB, Risk.LOW, 5, true),
          sysctl("net.core.wmem_default", 212_992, 16 * MIB, Risk.LOW, 5, true),
          sysctl("net.core.wmem_max", 212_992, 16 * MIB, Risk.LOW, 5, true),
          sysctl("net.netfilter.nf_conntrack_max", 1_024, 4_194_304, Risk.LOW, 5, false),
          new TuningAction(
              "net.ipv4.tcp_rmem",
              new Sysctl(""),
              new Buffers(4_096, 16 * MIB),
              Risk.LOW,
              10,
              true),
          new TuningAction(
              "net.ipv4.tcp_wmem",
              new Sysctl(""),
              new Buffers(4_096, 16 * MIB),
              Risk.LOW,
              10,
              true),
          new TuningAction(
              "net.ipv4.ip_local_port_range",
              new Sysctl(""),
              new Ports(10_240, 65_535),
              Risk.LOW,
              5,
              true),
          new TuningAction(
              "net.ipv4.tcp_congestion_control",
              new Sysctl(""),
              new OneOf(List.of("bbr", "cubic", "reno")),
              Risk.MEDIUM,
              15,
              true),
          new TuningAction(
              "net.core.default_qdisc",
              new Sysctl(""),
              new OneOf(List.of("fq", "fq_codel", "pfifo_fast")),
              Risk.MEDIUM,
              15,
              true),
          new TuningAction(
              "rps_cpus", new ReceiveQueue("rps_cpus"), new CpuMask(), Risk.MEDIUM, 10, false),
          // Memory.
          sysctl("vm.swappiness", 10, 60, Risk.MEDIUM, 30, false),
          sysctl("vm.page-cluster", 0, 3, Risk.MEDIUM, 10, false),
          sysctl("vm.watermark_scale_factor", 10, 200, Risk.MEDIUM, 30, false),
          twin("vm.dirty_background_bytes", "vm.dirty_background_ratio", 64 * MIB, 256 * MIB),
          twin("vm.dirty_bytes", "vm.dirty_ratio", 256 * MIB, 1024 * MIB),
          sysctl("kernel.numa_balancing", 0, 1, Risk.MEDIUM, 60, false),
          new TuningAction(
              "transparent_hugepage/enabled",
              new SysFile("kernel/mm/transparent_hugepage/enabled"),
              new OneOf(List.of("always", "madvise", "never")),
              Risk.MEDIUM,
              60,
              false),
          new TuningAction(
              "transparent_hugepage/defrag",
              new SysFile("kernel/mm/transparent_hugepage/defrag"),
              new OneOf(List.of("always", "defer", "defer+madvise", "madvise", "never")),
              Risk.MEDIUM,
              30,
              false),
          // Limits of the host.
          sysctl("fs.file-max", 65_536, 1L << 32, Risk.LOW, 2, false),
          sysctl("kernel.threads-max", 4_096, 4_194_304, Risk.LOW, 2, false),
          sysctl("kernel.pid_max", 32_768, 4_194_304, Risk.LOW, 2, false),
          // Disks and processors.
          block("read_ahead_kb", new Whole(64, 4_096, 64), Risk.LOW),
          block("nr_requests", new Whole(32, 1_024, 1), Risk.MEDIUM),
          block(
              "scheduler", new OneOf(List.of("none", "mq-deadline", "bfq", "kyber")), Risk.MEDIUM),
          new TuningAction(
              "scaling_governor",
              new CpuFrequency("scaling_governor"),
              new OneOf(List.of("performance", "powersave", "schedutil", "ondemand")),
              Risk.MEDIUM,
              10,
              false),
          // Units.
          unit("CPUQuota", Group.CPU_QUOTA, new Percent(5, 409_600), Risk.MEDIUM),
          unit("CPUWeight", Group.CPU_WEIGHT, new Whole(10, 1_000, 1), Risk.MEDIUM),
          unit("MemoryMax", Group.MEMORY_MAX, bytes(), Risk.MEDIUM),
          unit("MemoryHigh", Group.MEMORY_HIGH, bytes(), Risk.MEDIUM),
          unit("MemoryLow", Group.MEMORY_LOW, bytes(), Risk.MEDIUM),
          unit("TasksMax", Group.TASKS_MAX, new Whole(64, 4_194_304, 1), Risk.LOW),
          unit("IOWeight", Group.IO_WEIGHT, new Whole(10, 1_000, 1), Risk.MEDIUM),
          // Processes.
          // Open files are counted each ten seconds.
          process("LimitNOFILE", Trait.OPEN_FILES, new Whole(256, 1_048_576, 1), Risk.LOW, 12),
          process("LimitNPROC", Trait.PROCESSES, new Whole(256, 1_048_576, 1), Risk.LOW, 5),
          process("LimitMEMLOCK", Trait.LOCKED_MEMORY, new Whole(65_536, TIB, 1), Risk.MEDIUM, 5),
          process("Nice", Trait.NICE, new Whole(-10, 19, 1), Risk.MEDIUM, 5),
          process(
              "IOSchedulingPriority",
              Trait.IO_PRIORITY,
              new OneOf(
                  List.of(
                      "best-effort:0",
                      "best-effort:1",
                      "best-effort:2",
                      "best-effort:3",
                      "best-effort:4",
                      "best-effort:5",
                      "best-effort:6",
                      "best-effort:7",
                      "idle")),
              Risk.MEDIUM,
              5),
          process("CPUAffinity", Trait.AFFINITY, new CpuList(), Risk.MEDIUM, 5),
          // Configuration files of services, of which a reload takes effect (nginx.org, ngx_core
          // and
          // ngx_http_core; PostgreSQL's pg_settings, context sighup or user; redis.io, CONFIG SET).
          nginx("worker_processes", 1, 512),
          nginx("worker_connections", 64, 65_536),
          nginx("worker_rlimit_nofile", 256, 1_048_576),
          nginx("keepalive_requests", 10, 1_000_000),
          postgresql("work_mem", new Size(64, 1 << 20)),
          postgresql("maintenance_work_mem", new Size(1_024, 8 << 20)),
          postgresql("effective_cache_size", new Size(8_192, 1L << 30)),
          postgresql("max_wal_size", new Size(64 << 10, 64 << 20)),
          postgresql("effective_io_concurrency", new Whole(0, 1_000, 1)),
          postgresql("bgwriter_lru_maxpages", new Whole(0, 10_000, 1)),
          redis("maxclients", 64, 1_000_000),
          redis("hz", 1, 100),
          redis("maxmemory-samples", 1, 20),
          redis("active-expire-effort", 1, 10));

  private static final Map<String, TuningAction> BY_NAME =
      ALL.stream().collect(Collectors.toUnmodifiableMap(TuningAction::name, Function.identity()));

  private TuningActions() {}

  /// The action with a name; empty when there is none such.
  public static Optional<TuningAction> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  private static TuningAction sysctl(
      String name, long least, long most, Risk risk, int washout, boolean newOnly) {
    return new TuningAction(
        name, new Sysctl(""), new Whole(least, most, 1), risk, washout, newOnly);
  }

  private static TuningAction twin(String name, String twin, long least, long most) {
    return new TuningAction(
        name, new Sysctl(twin), new Whole(least, most, MIB), Risk.MEDIUM, 90, false);
  }

  private static TuningAction block(String file, Bounds bounds, Risk risk) {
    return new TuningAction(file, new BlockQueue(file), bounds, risk, 10, false);
  }

  private static TuningAction unit(String name, Group group, Bounds bounds, Risk risk) {
    return new TuningAction(name, new UnitProperty(group), bounds, risk, 10, false);
  }

  private static TuningAction process(
      String name, Trait trait, Bounds bounds, Risk risk, int washout) {
    return new TuningAction(name, new ProcessProperty(trait), bounds, risk, washout, false);
  }

  private static TuningAction nginx(String directive, long least, long most) {
    // Workers that were there go on with the old file until their connections end.
    return directive(Service.NGINX, directive, new Whole(least, most, 1), true);
  }

  private static TuningAction postgresql(String directive, Bounds bounds) {
    return directive(Service.POSTGRESQL, directive, bounds, false);
  }

  private static TuningAction redis(String directive, long least, long most) {
    return directive(Service.REDIS, directive, new Whole(least, most, 1), false);
  }

  private static TuningAction directive(
      Service service, String name, Bounds bounds, boolean newOnly) {
    return new TuningAction(
        service.name().toLowerCase(Locale.ROOT) + "/" + name,
        new Directive(service, name),
        bounds,
        Risk.MEDIUM,
        10,
        newOnly);
  }

  private static Bounds bytes() {
    return new Whole(16 * MIB, TIB * 16, LARGEST_PAGE);
  }
}
