package io.evenkeel.agent.collect.disk;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.Names;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.kernel.LibC;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Sizes of the mounted file systems, by the first process's list of mounts (the machine's, also
/// where the agent lives in a mount namespace of its own) and statvfs.
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

  private static final String[] LABELS = {"device", "mountpoint", "fstype"};

  private final KernelFile machinesMounts;
  private final KernelFile ownMounts;
  private final Names names;
  private final PatientSizes sizes;
  private final Map<String, Boolean> excluded = new HashMap<>();
  private final Map<String, Mount> mounts = new LinkedHashMap<>();

  private record Mount(String device, String path, String type) {}

  public FilesystemCollector(Surroundings surroundings) {
    this(surroundings, LibC::statvfs);
  }

  FilesystemCollector(Surroundings surroundings, PatientSizes.Question statvfs) {
    machinesMounts = surroundings.procFile("1/mounts", "the list of mounts");
    ownMounts = surroundings.procFile("self/mounts", "the list of mounts");
    names = surroundings.names();
    Path root = surroundings.settings().root();
    sizes = new PatientSizes(path -> statvfs.size(root.resolve(path.substring(1)).toString()));
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
    readMounts();
    sizes.begin(mounts.keySet());
    for (Mount mount : mounts.values()) {
      put(out, mount);
    }
  }

  private void readMounts() throws IOException {
    mounts.clear();
    ByteText text = mountsText();
    while (text.nextLine() && text.nextWord()) {
      String device = unescaped(text.text(names));
      text.nextWord();
      String path = unescaped(text.text(names));
      text.nextWord();
      String type = text.text(names);
      if (path.startsWith("/") && !EXCLUDED_TYPES.contains(type) && !isExcluded(path)) {
        // The last one mounted at a place hides the others.
        mounts.put(path, new Mount(device, path, type));
      }
    }
  }

  private ByteText mountsText() throws IOException {
    try {
      ByteText text = machinesMounts.read();
      if (!text.isEmpty()) {
        return text;
      }
    } catch (IOException e) {
      // Another user's process may be hidden (hidepid): the own list is as good on most machines.
      machinesMounts.close();
    }
    return ownMounts.read();
  }

  private boolean isExcluded(String path) {
    Boolean known = excluded.get(path);
    if (known == null) {
      known = EXCLUDED_MOUNTS.matcher(path).matches();
      excluded.put(path, known);
    }
    return known;
  }

  private void put(Samples out, Mount mount) {
    switch (sizes.size(mount.path)) {
      case PatientSizes.Answer.Told(LibC.FileSystemSize size) -> {
        putError(out, 0, mount);
        put(out, size, mount);
      }
      case PatientSizes.Answer.Failing() -> putError(out, 1, mount);
      case PatientSizes.Answer.Late() -> {
        // Nothing is known yet, and nothing is said.
      }
    }
  }

  private static void putError(Samples out, int error, Mount mount) {
    set(
        out,
        "node_filesystem_device_error",
        "Whether an error occurred while getting statistics for the given device.",
        error,
        mount);
  }

  private static void put(Samples out, LibC.FileSystemSize size, Mount mount) {
    double unit = size.blockBytes();
    set(
        out,
        "node_filesystem_size_bytes",
        "Filesystem size in bytes.",
        size.blocks() * unit,
        mount);
    set(
        out,
        "node_filesystem_free_bytes",
        "Filesystem free space in bytes.",
        size.free() * unit,
        mount);
    set(
        out,
        "node_filesystem_avail_bytes",
        "Filesystem space available to non-root users in bytes.",
        size.available() * unit,
        mount);
    set(out, "node_filesystem_files", "Filesystem total file nodes.", size.files(), mount);
    set(
        out,
        "node_filesystem_files_free",
        "Filesystem total free file nodes.",
        size.filesFree(),
        mount);
    set(
        out,
        "node_filesystem_readonly",
        "Filesystem read-only status.",
        size.readOnly() ? 1 : 0,
        mount);
  }

  private static void set(Samples out, String metric, String help, double value, Mount mount) {
    out.gauge(metric, help, LABELS).set(value, mount.device, mount.path, mount.type);
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
    machinesMounts.close();
    ownMounts.close();
    sizes.close();
  }
}
