package io.evenkeel.hub.backup;

import io.evenkeel.hub.db.Database;
import io.evenkeel.tsdb.engine.LocalStore;
import io.evenkeel.tsdb.engine.Snapshot;
import io.evenkeel.tsdb.engine.StoreSettings;
import io.evenkeel.tsdb.storage.StoreStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/// Copies a hub's data directory, also while the hub runs, and brings such a copy back.
///
/// The store's files are linked where the backup lies on the same file system, and then take no
/// room of their own until the hub lets go of them. A backup holds password hashes and secrets, so
/// it is readable by its owner only.
public final class Backup {
  private static final String STORE = "tsdb";
  private static final String SETTINGS = "settings.db";

  /// What is not part of a backup: locks, logs for people, links that work once, and snapshots.
  private static final List<String> LEFT_OUT =
      List.of("lock", "logs", "setup-link", "write-test", "snapshots", "agent", STORE);

  private Backup() {}

  /// What a backup holds.
  ///
  /// @param files how many files
  /// @param bytes how many bytes, links counted like copies
  public record Summary(int files, long bytes) {}

  /// Backs a data directory up into a folder that does not exist yet.
  ///
  /// @throws BackupException when it cannot be
  public static Summary make(Path data, Path target) throws IOException, BackupException {
    if (!Files.isRegularFile(data.resolve(SETTINGS))) {
      throw new BackupException(
          "there is no hub's data in "
              + data.toAbsolutePath().normalize()
              + ": name its folder with --data");
    }
    if (Files.exists(target)) {
      throw new BackupException(target + " exists already: name a folder that does not");
    }
    Files.createDirectories(target);
    ownerOnly(target);
    Snapshot.take(data.resolve(STORE), target.resolve(STORE));
    try (Database settings = Database.open(data.resolve(SETTINGS))) {
      settings.copyTo(target.resolve(SETTINGS));
    }
    copyRest(data, target);
    Manifest manifest = Manifest.of(target);
    manifest.write(target);
    return summary(target, manifest);
  }

  private static void ownerOnly(Path folder) throws IOException {
    if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
  }

  private static void copyRest(Path data, Path target) throws IOException {
    List<Path> entries;
    try (Stream<Path> all = Files.list(data)) {
      entries = all.toList();
    }
    for (Path entry : entries) {
      String name = entry.getFileName().toString();
      if (!LEFT_OUT.contains(name) && !name.startsWith(SETTINGS)) {
        copyAll(entry, target.resolve(name));
      }
    }
  }

  private static void copyAll(Path from, Path to) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(from)) {
      all = walk.toList();
    }
    for (Path file : all) {
      Path copy = to.resolve(from.relativize(file).toString());
      try {
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      } catch (NoSuchFileException _) {
        // The running hub let go of it meanwhile; so does the backup.
        continue;
      }
    }
  }

  private static Summary summary(Path folder, Manifest manifest) throws IOException {
    long bytes = 0;
    for (String name : manifest.checksums().keySet()) {
      bytes += Files.size(folder.resolve(name));
    }
    return new Summary(manifest.checksums().size(), bytes);
  }

  /// Brings a backup back into a data directory that does not exist or is empty, after comparing
  /// every file with its checksum, and opens what it brought, to be sure.
  ///
  /// @return the figures of the store that was brought back
  /// @throws BackupException when the backup is damaged, or the directory in use
  public static StoreStatistics restore(Path backup, Path data, InstantSource clock)
      throws IOException, BackupException {
    Manifest manifest = Manifest.read(backup);
    List<String> differences = manifest.differences(backup);
    if (!differences.isEmpty()) {
      throw new BackupException(
          "the backup " + backup + " is not whole: " + String.join("; ", differences));
    }
    if (Files.exists(data)) {
      try (Stream<Path> entries = Files.list(data)) {
        if (entries.findAny().isPresent()) {
          throw new BackupException(
              data + " is not empty: stop the hub and move the folder away, or name another");
        }
      }
    }
    Files.createDirectories(data);
    ownerOnly(data);
    for (String name : manifest.checksums().keySet()) {
      Path to = data.resolve(name);
      Path folder = to.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.copy(backup.resolve(name), to, StandardCopyOption.COPY_ATTRIBUTES);
    }
    return check(data, clock);
  }

  private static StoreStatistics check(Path data, InstantSource clock) throws BackupException {
    Database.open(data.resolve(SETTINGS)).close();
    try (LocalStore store =
        LocalStore.open(data.resolve(STORE), StoreSettings.DEFAULT.withoutMaintenance(), clock)) {
      if (!store.problems().isEmpty()) {
        throw new BackupException(
            "the samples were brought back, but not whole: " + String.join("; ", store.problems()));
      }
      return store.statistics();
    }
  }
}
