package io.evenkeel.agent;

import io.evenkeel.agent.collect.SmallFiles;
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
        memory(),
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
    try (var lines = Files.lines(root.resolve("etc/os-release"))) {
      return lines
          .filter(line -> line.startsWith("PRETTY_NAME="))
          .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
          .findFirst()
          .orElse(System.getProperty("os.name", ""));
    } catch (IOException e) {
      return System.getProperty("os.name", "");
    }
  }

  private static OptionalLong memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean os
        ? OptionalLong.of(os.getTotalMemorySize())
        : OptionalLong.empty();
  }

  private static OptionalLong boot(Path root) {
    try (var lines = Files.lines(root.resolve("proc/stat"))) {
      return lines
          .filter(line -> line.startsWith("btime "))
          .mapToLong(line -> Long.parseLong(line.substring(6).strip()) * 1_000)
          .findFirst();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
