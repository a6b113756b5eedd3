package io.evenkeel.tsdb.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.disk.DiskFile;
import io.evenkeel.tsdb.engine.disk.LocalDisk;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a log goes on in a new file while the one before is still being written.
class WriteAheadLogTest {
  @TempDir Path directory;
  private final LocalDisk disk = new LocalDisk();
  private final List<SlowFile> files = new ArrayList<>();

  /// A file whose disk answers when it is let, or fails then.
  private static final class SlowFile implements DiskFile {
    private final DiskFile file;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answers = new CountDownLatch(1);
    private volatile @Nullable String failure;
    private volatile boolean closed;

    SlowFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      file.write(bytes);
    }

    @Override
    public void force() throws IOException {
      asked.countDown();
      try {
        answers.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      String problem = failure;
      if (problem != null) {
        throw new IOException(problem);
      }
      file.force();
    }

    @Override
    public void close() throws IOException {
      closed = true;
      file.close();
    }

    void fail(String why) {
      failure = why;
      answers.countDown();
    }
  }

  @AfterEach
  void no_disk_is_slow_for_ever() {
    files.forEach(file -> file.answers.countDown());
  }

  @Test
  void the_next_file_is_written_once_the_one_before_holds_all_that_was_left_for_it()
      throws Exception {
    SlowFile first = file(1);
    SlowFile second = file(2);
    second.answers.countDown();
    try (WriteAheadLog log = new WriteAheadLog(new LogWriter(first, 1))) {
      WriteAheadLog.Commit a = log.append(record("a"));
      first.asked.await();
      WriteAheadLog.Commit b = log.append(record("b"));
      assertThat(log.continueWith(new LogWriter(second, 2))).isTrue();
      assertThat(log.newest()).isSameAs(b);
      WriteAheadLog.Commit c = log.append(record("c"));
      assertThat(log.newest()).isSameAs(c);
      assertThat(read(2)).isEmpty();
      first.answers.countDown();
      a.await();
      b.await();
      c.await();
      log.awaitTurn();
      assertThat(log.newest()).isNull();
      assertThat(read(1)).containsExactly("a", "b");
      assertThat(read(2)).containsExactly("c");
      await().until(() -> first.closed);
      assertThat(log.size()).isEqualTo(disk.bytes(path(2)));
    }
    assertThat(second.closed).isTrue();
  }

  @Test
  void an_error_of_the_file_before_gives_up_all_that_waits_and_the_next_file_too()
      throws Exception {
    SlowFile first = file(1);
    SlowFile second = file(2);
    SlowFile third = file(3);
    third.answers.countDown();
    try (WriteAheadLog log = new WriteAheadLog(new LogWriter(first, 1))) {
      List<WriteAheadLog.Commit> waiting = new ArrayList<>();
      waiting.add(log.append(record("a")));
      first.asked.await();
      waiting.add(log.append(record("b")));
      assertThat(log.continueWith(new LogWriter(second, 2))).isTrue();
      waiting.add(log.append(record("c")));
      first.fail("the disk is gone");
      for (WriteAheadLog.Commit commit : waiting) {
        assertThatThrownBy(commit::await)
            .isInstanceOf(StorageException.class)
            .hasMessageContaining("the disk is gone");
      }
      log.awaitTurn();
      assertThat(log.failed()).isTrue();
      assertThatThrownBy(() -> log.append(record("d"))).isInstanceOf(StorageException.class);
      await().until(() -> second.closed);

      // Only who has made durable in another way what was given up lets it go on.
      LogWriter writer = new LogWriter(third, 3);
      assertThat(log.continueWith(writer)).isFalse();
      assertThat(log.failed()).isTrue();
      assertThatThrownBy(() -> log.append(record("d"))).isInstanceOf(StorageException.class);
      log.startOver(writer);
      log.append(record("e")).await();
    }
    assertThat(read(2)).isEmpty();
    assertThat(read(3)).containsExactly("e");
    assertThat(first.closed).isTrue();
  }

  private Path path(int number) {
    return directory.resolve(number + ".log");
  }

  private SlowFile file(int number) throws IOException {
    SlowFile file = new SlowFile(disk.create(path(number)));
    files.add(file);
    return file;
  }

  private static ByteWriter record(String text) {
    ByteWriter record = new ByteWriter(32);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    record.put(bytes, 0, bytes.length);
    return record;
  }

  private List<String> read(int number) throws IOException {
    List<String> found = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      LogReader reader = new LogReader(disk.map(path(number), arena), number);
      for (ByteWriter one = reader.next(); one != null; one = reader.next()) {
        found.add(new String(one.toByteArray(), StandardCharsets.UTF_8));
      }
    }
    return found;
  }
}
