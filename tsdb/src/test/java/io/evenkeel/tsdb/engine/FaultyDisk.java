package io.evenkeel.tsdb.engine;

import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.disk.DiskFile;
import io.evenkeel.tsdb.engine.disk.LocalDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A disk that can fail at a chosen call, run full, and lose power.
///
/// Losing power takes away every byte that was not forced and undoes every new name, rename and
/// deletion in a directory that was not forced since. The files lie on the real disk, so that they
/// can be mapped; deleted and replaced ones wait in a bin until their directory is forced.
final class FaultyDisk implements Disk {
  private final LocalDisk disk = new LocalDisk();
  private final Path bin;
  private final Map<Path, Long> forcedBytes = new HashMap<>();
  private final List<NameChange> changes = new ArrayList<>();
  private int binned;
  private long calls;
  private long failAt = Long.MAX_VALUE;
  private long failures = Long.MAX_VALUE;
  private @Nullable Long usable;
  private Consumer<Path> watcher = _ -> {};

  /// A change of names that is not durable yet; either side may be absent.
  private record NameChange(
      @Nullable Path directory, @Nullable Path from, @Nullable Path to, @Nullable Path kept) {}

  FaultyDisk(Path bin) {
    this.bin = bin;
    try {
      Files.createDirectories(bin);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Lets a number of calls fail, the first of them the n-th from now.
  synchronized void failAt(long n, long howMany) {
    calls = 0;
    failAt = n;
    failures = howMany;
  }

  /// Lets calls succeed again.
  synchronized void heal() {
    failAt = Long.MAX_VALUE;
  }

  synchronized long calls() {
    return calls;
  }

  /// Says how much room there is; null = as much as there is.
  synchronized void usable(@Nullable Long bytes) {
    usable = bytes;
  }

  /// Tells somebody of each file or directory that is about to be written to or forced, in the
  /// thread that does.
  synchronized void whenWriting(Consumer<Path> someone) {
    watcher = someone;
  }

  private synchronized void call(String what) throws IOException {
    calls++;
    if (calls >= failAt && calls - failAt < failures) {
      throw new IOException("Input/output error (injected at call " + calls + ", " + what + ")");
    }
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    call("create");
    synchronized (this) {
      forcedBytes.put(file, 0L);
      changes.add(new NameChange(file.getParent(), null, file, null));
    }
    DiskFile real = disk.create(file);
    return new DiskFile() {
      private long size;

      @Override
      public void write(ByteBuffer bytes) throws IOException {
        watcher.accept(file);
        try {
          call("write");
        } catch (IOException e) {
          // As a full disk does: some of it is written.
          int part = bytes.remaining() / 2;
          real.write(bytes.slice(bytes.position(), part));
          throw e;
        }
        size += bytes.remaining();
        real.write(bytes);
      }

      @Override
      public void force() throws IOException {
        watcher.accept(file);
        call("force");
        synchronized (FaultyDisk.this) {
          // Files are forced before they are renamed.
          forcedBytes.computeIfPresent(file, (_, _) -> size);
        }
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    };
  }

  @Override
  public MemorySegment map(Path file, Arena arena) throws IOException {
    call("map");
    return disk.map(file, arena);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    call("mkdir");
    disk.createDirectories(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    call("rename");
    synchronized (this) {
      Path kept = Files.exists(to) ? toBin(to) : null;
      disk.rename(from, to);
      changes.add(new NameChange(to.getParent(), from, to, kept));
      for (Path path : List.copyOf(forcedBytes.keySet())) {
        if (path.startsWith(from)) {
          forcedBytes.put(to.resolve(from.relativize(path)), forcedBytes.remove(path));
        }
      }
    }
  }

  private Path toBin(Path file) throws IOException {
    Path kept = bin.resolve(Integer.toString(binned++));
    disk.rename(file, kept);
    return kept;
  }

  @Override
  public void delete(Path file) throws IOException {
    call("delete");
    synchronized (this) {
      if (Files.exists(file)) {
        changes.add(new NameChange(file.getParent(), file, null, toBin(file)));
      }
    }
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    watcher.accept(directory);
    call("forceDirectory");
    synchronized (this) {
      changes.removeIf(change -> directory.equals(change.directory()));
    }
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    call("list");
    return disk.list(directory);
  }

  @Override
  public long bytes(Path file) throws IOException {
    call("bytes");
    return disk.bytes(file);
  }

  @Override
  public synchronized long usableBytes(Path directory) throws IOException {
    call("usableBytes");
    Long told = usable;
    return told == null ? disk.usableBytes(directory) : told;
  }

  /// What is on disk after the power came back: only what was forced.
  synchronized void losePower() throws IOException {
    for (int i = changes.size() - 1; i >= 0; i--) {
      NameChange change = changes.get(i);
      if (change.from() != null && change.to() != null) {
        disk.rename(change.to(), change.from());
        for (Path path : List.copyOf(forcedBytes.keySet())) {
          if (path.startsWith(change.to())) {
            forcedBytes.put(
                change.from().resolve(change.to().relativize(path)), forcedBytes.remove(path));
          }
        }
      } else if (change.to() != null) {
        disk.delete(change.to());
        forcedBytes.remove(change.to());
      }
      if (change.kept() != null) {
        Path back = change.to() == null ? change.from() : change.to();
        disk.rename(change.kept(), Objects.requireNonNull(back));
      }
    }
    changes.clear();
    for (Map.Entry<Path, Long> entry : forcedBytes.entrySet()) {
      if (Files.isRegularFile(entry.getKey())) {
        try (FileChannel channel = FileChannel.open(entry.getKey(), StandardOpenOption.WRITE)) {
          channel.truncate(entry.getValue());
        }
      }
    }
    forcedBytes.clear();
  }
}
