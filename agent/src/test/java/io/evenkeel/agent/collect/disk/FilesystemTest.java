package io.evenkeel.agent.collect.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.evenkeel.agent.collect.Collected;
import io.evenkeel.agent.collect.kernel.LibC.FileSystemSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesystemTest {
  private static final FileSystemSize SIZE =
      new FileSystemSize(4_096, 100, 50, 40, 1_000, 900, true);

  @TempDir Path root;
  private final CountDownLatch serverIsBack = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();

  private Collected collected(String mounts, PatientSizes.Question statvfs) throws IOException {
    Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(root.resolve("proc/self/mounts"), mounts);
    return new Collected(
        root,
        InstantSource.system(),
        surroundings -> new FilesystemCollector(surroundings, statvfs));
  }

  @AfterEach
  void let_everybody_go() {
    serverIsBack.countDown();
  }

  private FileSystemSize hanging(String path) throws IOException {
    if (path.endsWith("/nfs")) {
      asked.incrementAndGet();
      try {
        serverIsBack.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    return SIZE;
  }

  @Test
  void reports_a_hanging_server_as_a_device_error_and_goes_on() throws Exception {
    Collected collected =
        collected("srv:/x /nfs nfs4 rw 0 0\n/dev/sda1 / ext4 rw 0 0\n", this::hanging);
    String labels = "{device=\"%s\", fstype=\"%s\", mountpoint=\"%s\"}";
    // The first silence may be a busy machine's: only the second is told.
    assertThat(collected.round())
        .doesNotContainKey(
            "node_filesystem_device_error" + labels.formatted("srv:/x", "nfs4", "/nfs"));
    // A busy machine may be late with the disk too, for a round.
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(collected.round())
                .contains(
                    entry(
                        "node_filesystem_device_error" + labels.formatted("srv:/x", "nfs4", "/nfs"),
                        1.0),
                    entry(
                        "node_filesystem_device_error" + labels.formatted("/dev/sda1", "ext4", "/"),
                        0.0),
                    entry(
                        "node_filesystem_avail_bytes" + labels.formatted("/dev/sda1", "ext4", "/"),
                        40 * 4_096.0),
                    entry(
                        "node_filesystem_readonly" + labels.formatted("/dev/sda1", "ext4", "/"),
                        1.0))
                .doesNotContainKey(
                    "node_filesystem_size_bytes" + labels.formatted("srv:/x", "nfs4", "/nfs")));
  }

  @Test
  void asks_a_hanging_server_once_and_takes_its_answer_when_it_comes_back() throws Exception {
    Collected collected = collected("srv:/x /nfs nfs4 rw 0 0\n", this::hanging);
    collected.round();
    await().atMost(Duration.ofSeconds(60)).until(() -> asked.get() == 1);
    collected.round();
    assertThat(asked).hasValue(1);
    serverIsBack.countDown();
    String series =
        "node_filesystem_size_bytes{device=\"srv:/x\", fstype=\"nfs4\", mountpoint=\"/nfs\"}";
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(collected.round()).containsEntry(series, 409_600.0));
  }

  @Test
  void leaves_out_what_is_no_disk_and_reads_escapes() throws Exception {
    Collected collected =
        collected(
            """
            proc /proc proc rw 0 0
            tmpfs /dev/shm tmpfs rw 0 0
            /dev/sdb1 /mnt/my\\040disk xfs rw 0 0
            /dev/sdc1 /data xfs rw 0 0
            /dev/sdd1 /data ext4 rw 0 0
            overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0
            """,
            path -> SIZE);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(collected.round().keySet())
                .filteredOn(series -> series.startsWith("node_filesystem_files{"))
                .containsExactlyInAnyOrder(
                    "node_filesystem_files{device=\"/dev/sdb1\", fstype=\"xfs\", mountpoint=\"/mnt/my disk\"}",
                    "node_filesystem_files{device=\"/dev/sdd1\", fstype=\"ext4\", mountpoint=\"/data\"}"));
  }

  @Test
  void asks_below_the_root_that_stands_for_the_machine() throws Exception {
    List<String> paths = new CopyOnWriteArrayList<>();
    collected(
            "/dev/sda1 /data ext4 rw 0 0\n",
            path -> {
              paths.add(path);
              return SIZE;
            })
        .round();
    await().atMost(Duration.ofSeconds(60)).until(() -> !paths.isEmpty());
    assertThat(paths).containsExactly(root.resolve("data").toString());
  }
}
