package io.evenkeel.tsdb.engine;

import io.evenkeel.tsdb.engine.disk.LocalDisk;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// A consistent copy of a store's directory, taken beside the store that may be running.
///
/// The store never changes a file but the newest log, which it only appends to: so every other file
/// is linked (copied where the file system cannot), and that one copied. Files go only after a
/// newer checkpoint or block took their place; when a name came or went meanwhile, the copy is
/// taken anew. What was acknowledged before the copy began is in it.
public final class Snapshot {
  private static final int ATTEMPTS = 20;
  private static final long PAUSE_MILLIS = 200;

  /// What a copy leaves out: locks, what is being written, and what only people look at.
  private static final List<String> LEFT_OUT = List.of("lock", "damaged");

  private Snapshot() {}

  /// Copies a store's directory into one that does not exist yet.
  ///
  /// @throws StorageException when the store changes faster than it can be copied
  public static void take(Path store, Path target) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      TreeSet<Path> before = files(store);
      if (copy(store, before, target) && files(store).equals(before)) {
        return;
      }
      new LocalDisk().delete(target);
      pause();
    }
    throw new StorageException(
        "the files of " + store + " changed during every attempt to copy them; try again later");
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException("the copy was interrupted", e);
    }
  }

  private static TreeSet<Path> files(Path store) throws IOException {
    TreeSet<Path> files = new TreeSet<>();
    Files.walkFileTree(
        store,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return isLeftOut(store.relativize(directory))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Path name = store.relativize(file);
            if (!isLeftOut(name)) {
              files.add(name);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    return files;
  }

  private static boolean isLeftOut(Path name) {
    return LEFT_OUT.contains(name.toString()) || name.toString().contains(".unfinished");
  }

  private static boolean copy(Path store, TreeSet<Path> files, Path target) throws IOException {
    List<Path> logs = new ArrayList<>();
    for (Path name : files) {
      Path to = target.resolve(name.toString());
      Path folder = to.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      if (name.toString().endsWith(".log")) {
        logs.add(name);
        continue;
      }
      try {
        link(store.resolve(name.toString()), to);
      } catch (NoSuchFileException _) {
        return false;
      }
    }
    // The logs last, so that they hold everything after the checkpoint that was linked; of two the
    // newer one first, since it holds something only once the one before is whole.
    for (Path name : logs.reversed()) {
      try {
        Files.copy(store.resolve(name.toString()), target.resolve(name.toString()));
      } catch (NoSuchFileException _) {
        return false;
      }
    }
    return true;
  }

  private static void link(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException _) {
      Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }
  }
}
