package io.evenkeel.agent.tune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// A configuration file, the commands of its service, and the part of a policy that names them.
final class ServedFile {
  final Path folder;
  final Path file;
  private final String service;
  private final List<String> policy = new ArrayList<>();

  /// @param within a folder without links
  ServedFile(Path within, String service, String name, String text) throws IOException {
    folder = Files.createDirectories(within.resolve("etc"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    file = folder.resolve(name);
    this.service = service;
    write(text);
  }

  void write(String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
  }

  String text() throws IOException {
    return Files.readString(file);
  }

  /// A program that a policy may name.
  Path program(String name, String lines) throws IOException {
    Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + lines + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  /// The policy's lines, with more of them about the service.
  String[] policy(String... more) {
    policy.clear();
    policy.addAll(
        List.of("mode = approve", "service = " + service, "file = " + file, "within = " + folder));
    policy.addAll(List.of(more));
    return policy.toArray(String[]::new);
  }
}
