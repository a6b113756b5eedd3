package io.evenkeel.hub.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineCheckTest {
  @TempDir Path root;

  private void file(String name, String content) throws Exception {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private Map<String, Remark> remarks() {
    return new MachineCheck(root)
        .remarks().stream().collect(Collectors.toMap(Remark::about, remark -> remark));
  }

  @Test
  void a_machine_that_offers_everything_is_good() throws Exception {
    file("proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable:    4000000 kB\n");
    file(
        "proc/self/limits",
        "Limit  Soft Limit  Hard Limit  Units\nMax open files            65536   65536   files\n");
    file("proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
    file("sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
    file("proc/sys/kernel/perf_event_paranoid", "-1\n");
    assertThat(remarks().values())
        .hasSize(5)
        .allSatisfy(remark -> assertThat(remark.level()).isEqualTo(Remark.Level.GOOD));
  }

  @Test
  void what_is_scarce_is_a_warning_that_names_its_remedy() throws Exception {
    file("proc/meminfo", "MemAvailable:    200000 kB\n");
    file("proc/self/limits", "Max open files            1024   65536   files\n");
    file("proc/sys/kernel/perf_event_paranoid", "3\n");
    Map<String, Remark> remarks = remarks();
    assertThat(remarks.get("memory"))
        .isEqualTo(
            Remark.warning(
                "memory",
                "195 MiB can be had: a hub with a hundred servers takes up to 256 MiB, keep 512 MiB free"));
    assertThat(String.valueOf(remarks.get("open files"))).contains("1024", "LimitNOFILE=");
    assertThat(String.valueOf(remarks.get("perf"))).contains("is 3", "NOTE");
  }

  @Test
  void what_a_machine_lacks_is_a_note_and_never_a_problem() throws Exception {
    file("proc/self/limits", "Max open files            unlimited   unlimited   files\n");
    assertThat(remarks().values())
        .extracting(Remark::level)
        .containsExactlyInAnyOrder(
            Remark.Level.NOTE,
            Remark.Level.GOOD,
            Remark.Level.NOTE,
            Remark.Level.NOTE,
            Remark.Level.NOTE);
  }
}
