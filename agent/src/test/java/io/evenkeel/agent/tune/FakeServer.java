package io.evenkeel.agent.tune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// A tree that looks like `/` to the executor, a policy and a clock that a test sets.
public final class FakeServer {
  public static final String SOMAXCONN = "net.core.somaxconn";

  public final Path root;
  public final TuningExecutor.Settings settings;
  public final AtomicLong nanos = new AtomicLong(1);

  public FakeServer(Path folder) throws IOException {
    root = folder.resolve("root");
    Path policy = folder.resolve("tuning-policy");
    put("proc/sys/net/core/somaxconn", "128");
    put("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456");
    put("proc/sys/vm/swappiness", "60");
    put("sys/kernel/mm/transparent_hugepage/defrag", "defer+madvise");
    put("sys/block/sda/queue/read_ahead_kb", "128");
    put("sys/class/net/eth0/queues/rx-0/rps_cpus", "00000000,00000000");
    put("sys/fs/cgroup/cgroup.controllers", "cpu memory pids io");
    put("sys/fs/cgroup/system.slice/web.service/cpu.max", "20000 100000");
    put("sys/fs/cgroup/system.slice/web.service/memory.max", "max");
    put("sys/fs/cgroup/system.slice/web.service/io.weight", "default 100");
    put("sys/fs/cgroup/system.slice/web.service/pids.max", "max");
    int owner = (Integer) Files.getAttribute(folder, "unix:uid");
    settings = new TuningExecutor.Settings(root, folder.resolve("tune"), policy, owner);
    policy("mode = approve", "allow = *");
  }

  public void policy(String... lines) throws IOException {
    Files.writeString(settings.policy(), String.join("\n", lines));
    Files.setPosixFilePermissions(
        settings.policy(), java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
  }

  public void put(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
  }

  public String get(String file) throws IOException {
    return Files.readString(root.resolve(file)).strip();
  }

  public String somaxconn() throws IOException {
    return get("proc/sys/net/core/somaxconn");
  }

  public TuningExecutor open() throws IOException {
    return open(step -> {});
  }

  TuningExecutor open(Consumer<TuningStep> steps) throws IOException {
    return TuningExecutor.open(settings, InstantSource.system(), nanos::get, steps);
  }

  public TuningAudit.Verdict audit() throws IOException {
    return TuningAudit.verify(settings.data().resolve("audit"));
  }

  public String auditText() throws IOException {
    return Files.readString(settings.data().resolve("audit"));
  }
}
