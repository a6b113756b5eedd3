package io.evenkeel.tsdb.engine.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// This machine's file system.
///
/// A large file is forced piece by piece while it is written. A file system that writes data before
/// the journal that names it (ext4 `data=ordered`) lets whoever forces the log wait for what others
/// have not forced yet: behind a checkpoint or block of 150 MB that is half a second.
public final class LocalDisk implements Disk {
  /// A chunk file and a little more, so that those are forced once.
  private static final int MOST_UNFORCED = 5 << 20;

  @Override
  public DiskFile create(Path file) throws IOException {
    return new ChannelFile(
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  @Override
  public MemorySegment map(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      return size == 0
          ? MemorySegment.ofArray(new byte[0])
          : channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
    }
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    Files.walkFileTree(
        file,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path entry, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(entry);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path entry, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(entry);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    } catch (NoSuchFileException _) {
      return List.of();
    }
  }

  @Override
  public long bytes(Path file) throws IOException {
    long[] sum = {0};
    Files.walkFileTree(
        file,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path entry, BasicFileAttributes attributes) {
            sum[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path entry, IOException failure)
              throws IOException {
            // Files come and go while the store runs.
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    return sum[0];
  }

  @Override
  public long usableBytes(Path directory) throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }

  private static final class ChannelFile implements DiskFile {
    private final FileChannel channel;
    private int unforced;

    ChannelFile(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        int most = Math.min(bytes.remaining(), MOST_UNFORCED - unforced);
        int written = channel.write(bytes.slice(bytes.position(), most));
        if (written == 0) {
          throw new IOException("the disk took no bytes");
        }
        bytes.position(bytes.position() + written);
        unforced += written;
        if (unforced >= MOST_UNFORCED) {
          force();
        }
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
      unforced = 0;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
