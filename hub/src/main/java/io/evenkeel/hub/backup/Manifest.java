package io.evenkeel.hub.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// The list of a backup's files, with the CRC32C of each, kept beside them as readable lines.
///
/// @param checksums by the file's name below the backup
record Manifest(Map<String, Long> checksums) {
  /// The file's name.
  static final String FILE = "MANIFEST";

  private static final String HEADER = "evenkeel backup, CRC32C and name of each file";

  /// The files below a folder as they are now.
  static Manifest of(Path folder) throws IOException {
    Map<String, Long> checksums = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        if (!name.equals(FILE)) {
          checksums.put(name, checksum(file));
        }
      }
    }
    return new Manifest(checksums);
  }

  private static long checksum(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    byte[] portion = new byte[64 << 10];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(portion); read >= 0; read = in.read(portion)) {
        crc.update(portion, 0, read);
      }
    }
    return crc.getValue();
  }

  void write(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(HEADER);
    checksums.forEach((name, checksum) -> lines.add("%08x %s".formatted(checksum, name)));
    lines.add("%d files".formatted(checksums.size()));
    Files.write(folder.resolve(FILE), lines);
  }

  /// The list that a backup brings.
  ///
  /// @throws BackupException when there is none or it is cut off
  static Manifest read(Path folder) throws IOException, BackupException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new BackupException(
          folder + " is no backup: it has no file " + FILE + ", which a finished backup ends with");
    }
    List<String> lines = Files.readAllLines(file);
    Map<String, Long> checksums = new TreeMap<>();
    for (String line : lines) {
      if (line.matches("[0-9a-f]{8} .+")) {
        checksums.put(line.substring(9), Long.parseLong(line.substring(0, 8), 16));
      }
    }
    if (lines.isEmpty() || !lines.getLast().equals("%d files".formatted(checksums.size()))) {
      throw new BackupException(file + " is damaged or cut off; take another backup");
    }
    return new Manifest(checksums);
  }

  /// What of the files below a folder is not as listed, a line for each.
  List<String> differences(Path folder) throws IOException {
    List<String> differences = new ArrayList<>();
    for (Map.Entry<String, Long> entry : checksums.entrySet()) {
      Path file = folder.resolve(entry.getKey());
      if (!Files.isRegularFile(file)) {
        differences.add(entry.getKey() + " is missing");
      } else if (checksum(file) != entry.getValue()) {
        differences.add(entry.getKey() + " is damaged");
      }
    }
    return differences;
  }
}
