package io.evenkeel.hub.tune;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.model.tune.TuningRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// A tree of files that stands for a server, with one knob and a policy, for the real executor.
final class TunedTree {
  /// Turns the tree's knob, which holds 128.
  static final TuningRequest BACKLOG = new TuningRequest("net.core.somaxconn", "", "4096");

  final Path knob;
  private final Path folder;

  TunedTree(Path folder, String policy) throws IOException {
    this.folder = folder;
    knob = put("proc/sys/net/core/somaxconn", "128");
    policy(policy);
  }

  /// Writes a file below the tree's root.
  Path put(String file, String text) throws IOException {
    Path path = folder.resolve("root").resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text + "\n");
  }

  /// Gives the server another policy.
  void policy(String text) throws IOException {
    Path policy = Files.writeString(folder.resolve("policy"), text);
    Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r--r--"));
  }

  /// What the knob holds now.
  String value() {
    try {
      return Files.readString(knob).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// An executor over the tree, or the next one on its journal.
  TuningExecutor start(InstantSource clock, LongSupplier nanos) throws IOException {
    return TuningExecutor.start(
        new TuningExecutor.Settings(
            folder.resolve("root"),
            folder.resolve("tune"),
            folder.resolve("policy"),
            (Integer) Files.getAttribute(folder, "unix:uid")),
        clock,
        nanos);
  }
}
