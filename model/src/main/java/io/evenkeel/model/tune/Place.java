package io.evenkeel.model.tune;

import java.util.Optional;
import java.util.regex.Pattern;

/// Where a knob is, and what kind of thing has one.
public sealed interface Place {
  /// `/proc/sys`, by the action's own name.
  ///
  /// @param twin the knob that the kernel sets to 0 when this one is written (vm.dirty_bytes and
  ///   vm.dirty_ratio); empty when there is none
  record Sysctl(String twin) implements Place {}

  /// A file below `/sys` for the whole host.
  record SysFile(String path) implements Place {}

  /// `/sys/block/DEVICE/queue/FILE`.
  record BlockQueue(String file) implements Place {}

  /// `/sys/devices/system/cpu/CPU/cpufreq/FILE`.
  record CpuFrequency(String file) implements Place {}

  /// `/sys/class/net/INTERFACE/queues/rx-0/FILE`.
  record ReceiveQueue(String file) implements Place {}

  /// A property of a systemd unit, or of a control group where there is no systemd.
  record UnitProperty(Group group) implements Place {}

  /// A property of a running process.
  record ProcessProperty(Trait trait) implements Place {}

  /// A directive of a service's configuration file. Which file that is, and how the service takes
  /// it, the server's own policy says.
  ///
  /// @param name as the file has it
  record Directive(Service service, String name) implements Place {}

  /// Whose way of writing a configuration file it is, and how the names of its actions begin.
  enum Service {
    /// `name value;` within blocks; `#` begins a comment (nginx.org, Beginner's Guide).
    NGINX,
    /// `name = value`, the `=` may be missing, a value may stand in `'`; `#` begins a comment
    /// (PostgreSQL documentation, 20.1.2).
    POSTGRESQL,
    /// `name value`; a line that begins with `#` is a comment (redis.io, Configuration).
    REDIS
  }

  /// A control group's property: the files and their texts differ between cgroup v1 and v2.
  enum Group {
    CPU_QUOTA,
    CPU_WEIGHT,
    MEMORY_MAX,
    MEMORY_HIGH,
    MEMORY_LOW,
    TASKS_MAX,
    IO_WEIGHT
  }

  /// What a process has of its own.
  enum Trait {
    /// setpriority(2).
    NICE,
    /// ioprio_set(2).
    IO_PRIORITY,
    /// sched_setaffinity(2).
    AFFINITY,
    /// The soft limit of RLIMIT_NOFILE, and the hard one where it must grow too; of the other
    /// workers of the same service too.
    OPEN_FILES,
    /// The same of RLIMIT_NPROC.
    PROCESSES,
    /// The same of RLIMIT_MEMLOCK, in bytes.
    LOCKED_MEMORY
  }

  /// What a target of this place looks like; empty for one that stands for the whole host.
  default Optional<Pattern> target() {
    return switch (this) {
      case Sysctl sysctl -> Optional.empty();
      case SysFile file -> Optional.empty();
      case BlockQueue queue -> Optional.of(Targets.DEVICE);
      case CpuFrequency frequency -> Optional.of(Targets.CPU);
      case ReceiveQueue queue -> Optional.of(Targets.DEVICE);
      case UnitProperty unit -> Optional.of(Targets.UNIT);
      case ProcessProperty process -> Optional.of(Targets.PROCESS);
      case Directive directive -> Optional.of(Targets.SERVICE);
    };
  }

  /// Why a target cannot be one of this place; empty when it can.
  default Optional<String> objection(String target) {
    Optional<Pattern> form = target();
    if (form.isEmpty()) {
      return target.isEmpty()
          ? Optional.empty()
          : Optional.of("it is a knob of the whole host and takes no target");
    }
    return form.get().matcher(target).matches()
        ? Optional.empty()
        : Optional.of("'" + target + "' does not name what has such a knob");
  }
}
