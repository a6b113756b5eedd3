package io.evenkeel.agent.collect.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.evenkeel.agent.collect.Collected;
import io.evenkeel.agent.collect.NotAvailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextfileTest {
  @TempDir Path folder;

  private Map<String, Double> round() throws Exception {
    return Collected.ofTextfiles(folder).round();
  }

  @Test
  void every_prom_file_is_read_whatever_its_labels_hold() throws Exception {
    Files.writeString(
        folder.resolve("backup.prom"),
        """
        # HELP backup_bytes Size of the last backup.
        # TYPE backup_bytes gauge
        backup_bytes{path="/srv/{a}\\\\new",host="x\\"y"} 1.5e9
        backup_failed 0
        """);
    Files.writeString(folder.resolve("notes.txt"), "not read");
    assertThat(round())
        .contains(
            entry("node_textfile_scrape_error", 0.0),
            entry("backup_failed", 0.0),
            entry("backup_bytes{host=\"x\\\"y\", path=\"/srv/{a}\\\\new\"}", 1.5e9))
        .containsKey("node_textfile_mtime_seconds{file=\"" + folder.resolve("backup.prom") + "\"}");
  }

  @Test
  void a_file_with_a_fault_is_named_with_its_line() throws Exception {
    Files.writeString(folder.resolve("bad.prom"), "good 1\nbad{ 2\n");
    assertThatThrownBy(this::round)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bad.prom")
        .hasMessageContaining("2");
  }

  @Test
  void a_sample_with_a_time_of_its_own_is_refused() throws Exception {
    Files.writeString(folder.resolve("old.prom"), "old 1 1700000000000\n");
    assertThatThrownBy(this::round).hasMessageContaining("old.prom").hasMessageContaining("time");
  }

  @Test
  void a_file_that_would_flood_the_agent_is_left_out_and_named() throws Exception {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 3_000; i++) {
      many.append("flood{i=\"").append(i).append("\"} 1\n");
    }
    Files.writeString(folder.resolve("many.prom"), many);
    Files.write(folder.resolve("large.prom"), new byte[600 << 10]);
    Files.writeString(folder.resolve("small.prom"), "small 1\n");
    Collected collected = Collected.ofTextfiles(folder);
    assertThatThrownBy(collected::round)
        .hasMessageContaining("many.prom: ")
        .hasMessageContaining("more than 2000 series")
        .hasMessageContaining("large.prom: it is larger than 512 KiB")
        .hasMessageNotContaining("small.prom");
  }

  @Test
  void without_a_folder_there_is_nothing_to_read() {
    assertThatThrownBy(() -> Collected.from("debian12", TextfileCollector::new).round())
        .isInstanceOf(NotAvailableException.class)
        .hasMessageContaining("collection.textfiles");
  }
}
