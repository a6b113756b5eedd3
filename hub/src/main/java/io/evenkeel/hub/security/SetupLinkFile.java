package io.evenkeel.hub.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// The file beside the settings that holds the newest set-up link, readable by the hub's user
/// alone: for who starts the hub where no terminal shows its output.
///
/// @param path where it lies
public record SetupLinkFile(Path path) {
  /// Replaces the file; at no moment can anybody else read it.
  ///
  /// @throws UncheckedIOException when it cannot be written
  public void write(String link) {
    Path beside = path.resolveSibling(path.getFileName() + ".new");
    try {
      Files.deleteIfExists(beside);
      Files.createFile(beside, ownerOnly(beside));
      Files.writeString(beside, link + "\n");
      Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the set-up link to " + path, e);
    }
  }

  /// Removes the file, when there is one.
  ///
  /// @throws UncheckedIOException when it cannot be removed
  public void delete() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove the used set-up link " + path, e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path file) throws IOException {
    FileAttribute<Set<PosixFilePermission>> mode =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    boolean posix =
        Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
    return posix ? new FileAttribute<?>[] {mode} : new FileAttribute<?>[0];
  }
}
