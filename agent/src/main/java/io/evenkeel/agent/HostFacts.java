package io.evenkeel.agent;

import io.evenkeel.agent.collect.SmallFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// What a machine is, as far as it seldom changes.
///
/// @param hostName its own name
/// @param os the system in words, such as `Debian GNU/Linux 12 (bookworm)`
/// @param memoryBytes the memory that the system sees
/// @param bootedAtMillis when it was started, epoch milliseconds
public record HostFacts(
    String hostName,
    String os,
    String kernel,
    String arch,
    int cores,
    OptionalLong memoryBytes,
    OptionalLong bootedAtMillis) {

  /// The facts of the machine under a root folder (`/` but in tests).
  public static HostFacts read(Path root) {
    return new HostFacts(
        hostName(root),
        os(root),
        System.getProperty("os.version", ""),
        System.getProperty("os.arch", ""),
        Runtime.getRuntime().availableProcessors(),
        memory(root),
        boot(root));
  }

  private static String hostName(Path root) {
    String name = SmallFiles.text(root.resolve("proc/sys/kernel/hostname"));
    if (!name.isEmpty()) {
      return name;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static String os(Path root) {
    String name = rest(root.resolve("etc/os-release"), "PRETTY_NAME=").replace("\"", "");
    return name.isEmpty() ? System.getProperty("os.name", "") : name;
  }

  /// What the kernel tells; only elsewhere the JVM, whose management classes an agent can do
  /// without and which answers with a container's limit.
  private static OptionalLong memory(Path root) {
    Path kernel = root.resolve("proc/meminfo");
    if (Files.exists(kernel)) {
      return number(rest(kernel, "MemTotal:").replace(" kB", ""), 1_024);
    }
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean os
        ? OptionalLong.of(os.getTotalMemorySize())
        : OptionalLong.empty();
  }

  private static OptionalLong boot(Path root) {
    return number(rest(root.resolve("proc/stat"), "btime "), 1_000);
  }

  private static OptionalLong number(String text, long unit) {
    try {
      return OptionalLong.of(Long.parseLong(text) * unit);
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /// What follows a line's beginning in a file, or the empty string.
  private static String rest(Path file, String beginning) {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(beginning)) {
          return line.substring(beginning.length()).strip();
        }
      }
      return "";
    } catch (IOException e) {
      return "";
    }
  }
}
