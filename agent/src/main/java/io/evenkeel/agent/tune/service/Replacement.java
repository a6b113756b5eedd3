package io.evenkeel.agent.tune.service;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/// A new text of a file, whole and on the disk beside it, ready to take its place under its name
/// with its owner, group, mode and extended attributes.
record Replacement(Path file, Path next) {
  /// Writes it. What a process that died left of one before is written over.
  static Replacement prepare(Path file, String text) throws IOException {
    // A name with a dot in front is none that a service's pattern for its files takes in.
    Path next = file.resolveSibling("." + file.getFileName() + ".evenkeel");
    Files.deleteIfExists(next);
    try (FileChannel channel =
        (FileChannel)
            Files.newByteChannel(
                next,
                java.util.Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      likeness(file, next);
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(next);
      throw e;
    }
    return new Replacement(file, next);
  }

  private static void likeness(Path file, Path next) throws IOException {
    PosixFileAttributes as =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributeView view =
        Files.getFileAttributeView(next, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributes is = view.readAttributes();
    if (!is.owner().equals(as.owner())) {
      view.setOwner(as.owner());
    }
    if (!is.group().equals(as.group())) {
      view.setGroup(as.group());
    }
    view.setPermissions(as.permissions());
    ExtendedAttributes.copy(file, next);
  }

  /// Takes the file's place.
  void take() throws IOException {
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(folder(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /// Is not wanted after all.
  void drop() throws IOException {
    Files.deleteIfExists(next);
  }

  private Path folder() {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalStateException(file + " is in no folder");
    }
    return parent;
  }
}
