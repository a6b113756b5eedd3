package io.evenkeel.agent.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.profile.CollapsedStacks;
import io.evenkeel.model.profile.ProfileNote.Code;
import java.io.BufferedReader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What recorders print becomes stacks from the root to the leaf, each frame with its kind.
class FoldTest {
  private static PerfFold perf(String text, CollapsedStacks stacks) throws Exception {
    PerfFold fold = new PerfFold(stacks);
    fold.read(new BufferedReader(new StringReader(text)));
    return fold;
  }

  @Test
  void perf_s_frames_are_native_kernel_or_java_code() throws Exception {
    CollapsedStacks stacks = new CollapsedStacks();
    PerfFold fold =
        perf(
            """
            C1 worker
            \tffffffff81a2b3c4 copy_page ([kernel.kallsyms])
            \t    7f00aa10 read (/usr/lib/x86_64-linux-gnu/libc.so.6)
            \t    7f00bb20 long a.b.Main.work(int, java.lang.String) (/tmp/perf-77.map)
            \t    7f00cc30 std::vector<int, std::allocator<int> >::push_back(int const&) (/opt/app (x)/bin)

            C1 worker
            \t    7f00cc30 main (/opt/app/bin)
            \t    7f00cc31 [unknown] (/opt/app/bin)
            """,
            stacks);
    assertThat(stacks.counts())
        .containsOnlyKeys(
            "std::vector<int, std::allocator<int> >::push_back(int const&)"
                + ";a.b.Main.work_[j];read;copy_page_[k]",
            "[bin];main");
    assertThat(fold.notes()).extracting(note -> note.code()).containsExactly(Code.CUT_STACKS);
  }

  @Test
  void a_stripped_binary_is_said_to_be_one() throws Exception {
    CollapsedStacks stacks = new CollapsedStacks();
    PerfFold fold =
        perf(
            "app\n\t 10 [unknown] (/opt/app)\n\t 20 [unknown] (/opt/app)\n\t 30 _start (/opt/app)\n\n",
            stacks);
    assertThat(stacks.counts()).containsOnlyKeys("_start;[app];[app]");
    assertThat(fold.notes().getFirst().code()).isEqualTo(Code.STRIPPED);
    assertThat(fold.notes().getFirst().detail()).isEqualTo("100 %");
  }

  @Test
  void lines_that_are_no_frames_make_no_stacks() throws Exception {
    CollapsedStacks stacks = new CollapsedStacks();
    assertThat(perf("\n\nnonsense\n(\n\t zz main (x)\n", stacks).notes()).isEmpty();
    assertThat(stacks.counts()).isEmpty();
  }

  @Test
  void a_method_is_one_frame_however_it_was_compiled(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("collapsed"),
            "a.Main.run_[0];a.Main.work_[1];read 2\na.Main.run_[j];a.Main.work_[i];read 3\n");
    CollapsedStacks stacks = new CollapsedStacks();
    assertThat(AsyncProfilerFold.read(file, stacks)).isEmpty();
    assertThat(stacks.counts()).containsEntry("a.Main.run_[j];a.Main.work_[j];read", 5L);
  }

  @Test
  void types_are_written_as_people_write_them() {
    assertThat(JfrFold.readable("[[B")).isEqualTo("byte[][]");
    assertThat(JfrFold.readable("[Ljava.lang.String;")).isEqualTo("java.lang.String[]");
    assertThat(JfrFold.readable("java.lang.Long")).isEqualTo("java.lang.Long");
    assertThat(JfrFold.plain("a.B$$Lambda/0x00007f0012.run")).isEqualTo("a.B$$Lambda.run");
    assertThat(JfrFold.plain("a.B$$Lambda+0x00007f0012/123.run")).isEqualTo("a.B$$Lambda.run");
  }

  @Test
  void mappings_are_summed_by_what_they_are() {
    assertThat(
            MemoryRecorder.bytesByMapping(
                List.of(
                    "55e0-55f0 r--p 00000000 fe:00 123   /usr/lib/libc.so.6",
                    "Rss:               9 kB",
                    "Pss:               3 kB",
                    "55f0-56f0 r-xp 00000000 fe:00 123   /usr/lib/libc.so.6",
                    "Pss:               4 kB",
                    "7f00-7f10 rw-p 00000000 00:00 0 ",
                    "Pss:              10 kB",
                    "7f10-7f20 rw-p 00000000 00:00 0   [heap]",
                    "Pss:               1 kB",
                    "7f20-7f30 rw-s 00000000 00:01 5   /dev/shm/buffers",
                    "Pss:               2 kB")))
        .containsEntry("libraries;/usr/lib/libc.so.6", 7L * 1_024)
        .containsEntry("anonymous;unnamed", 10L * 1_024)
        .containsEntry("anonymous;[heap]", 1L * 1_024)
        .containsEntry("shared memory;/dev/shm/buffers", 2L * 1_024);
  }
}
