package io.evenkeel.agent.collect.disk;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.Names;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.kernel.LibC;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Sizes of the mounted file systems, by `/proc/self/mounts` and statvfs.
///
/// A network file system whose server is gone blocks statvfs for good. Each mount is asked on a
/// thread of its own when it does not answer at once; until that thread comes back the mount is
/// reported with a device error and the others go on.
public final class FilesystemCollector implements Collector {
  private static final Pattern EXCLUDED_MOUNTS =
      Pattern.compile(
          "/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/).*");
  private static final Set<String> EXCLUDED_TYPES =
      Set.of(
          "autofs",
          "binfmt_misc",
          "bpf",
          "cgroup",
          "cgroup2",
          "configfs",
          "debugfs",
          "devpts",
          "devtmpfs",
          "fusectl",
          "hugetlbfs",
          "iso9660",
          "mqueue",
          "nsfs",
          "overlay",
          "proc",
          "procfs",
          "pstore",
          "rpc_pipefs",
          "securityfs",
          "selinuxfs",
          "squashfs",
          "sysfs",
          "tracefs");
  private static final long PATIENCE_MILLIS = 200;

  private final KernelFile mounts;
  private final Names names;
  private final ExecutorService asking =
      Executors.newCachedThreadPool(Thread.ofPlatform().name("statvfs-", 0).daemon(true).factory());
  private final Map<String, Future<LibC.FileSystemSize>> hanging = new HashMap<>();
  private final Map<String, Boolean> excluded = new HashMap<>();
  private final Set<String> seen = new HashSet<>();

  public FilesystemCollector(Surroundings surroundings) {
    mounts = new KernelFile(surroundings.proc("self/mounts"), "the list of mounts");
    names = surroundings.names();
  }

  @Override
  public String name() {
    return "filesystem";
  }

  @Override
  public int seconds() {
    return 5;
  }

  @Override
  public void collect(Samples out) throws IOException {
    ByteText text = mounts.read();
    seen.clear();
    while (text.nextLine() && text.nextWord()) {
      String device = unescaped(text.text(names));
      text.nextWord();
      String mount = unescaped(text.text(names));
      text.nextWord();
      String type = text.text(names);
      if (EXCLUDED_TYPES.contains(type)
          || excluded.computeIfAbsent(mount, path -> EXCLUDED_MOUNTS.matcher(path).matches())
          || !seen.add(mount)) {
        continue;
      }
      put(out, device, mount, type);
    }
    hanging.keySet().retainAll(seen);
  }

  private void put(Samples out, String device, String mount, String type) {
    LibC.FileSystemSize size = size(mount, type);
    gauge(
            out,
            "device_error",
            "Whether an error occurred while getting statistics for the given device.")
        .set(size == null ? 1 : 0, device, mount, type);
    if (size == null) {
      return;
    }
    double unit = size.blockBytes();
    gauge(out, "size_bytes", "Filesystem size in bytes.")
        .set(size.blocks() * unit, device, mount, type);
    gauge(out, "free_bytes", "Filesystem free space in bytes.")
        .set(size.free() * unit, device, mount, type);
    gauge(out, "avail_bytes", "Filesystem space available to non-root users in bytes.")
        .set(size.available() * unit, device, mount, type);
    gauge(out, "files", "Filesystem total file nodes.").set(size.files(), device, mount, type);
    gauge(out, "files_free", "Filesystem total free file nodes.")
        .set(size.filesFree(), device, mount, type);
    gauge(out, "readonly", "Filesystem read-only status.")
        .set(size.readOnly() ? 1 : 0, device, mount, type);
  }

  private static Samples.Family gauge(Samples out, String field, String help) {
    return out.gauge("node_filesystem_" + field, help, "device", "mountpoint", "fstype");
  }

  /// A mount's size, or null while it does not answer.
  private LibC.@Nullable FileSystemSize size(String mount, String type) {
    Future<LibC.FileSystemSize> running = hanging.get(mount);
    boolean remote =
        type.startsWith("nfs")
            || type.startsWith("fuse")
            || type.equals("cifs")
            || type.equals("9p")
            || type.equals("ceph");
    try {
      if (running == null && !remote) {
        return LibC.statvfs(mount);
      }
      Future<LibC.FileSystemSize> answer =
          running == null ? asking.submit(() -> LibC.statvfs(mount)) : running;
      hanging.put(mount, answer);
      LibC.FileSystemSize size =
          answer.get(running == null ? PATIENCE_MILLIS : 0, TimeUnit.MILLISECONDS);
      hanging.remove(mount);
      return size;
    } catch (TimeoutException e) {
      return null;
    } catch (IOException | ExecutionException e) {
      hanging.remove(mount);
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /// The kernel writes blanks and backslashes in mounts as octal escapes.
  static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    return text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }

  @Override
  public void close() {
    mounts.close();
    asking.shutdownNow();
  }
}
