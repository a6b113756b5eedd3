package io.evenkeel.agent.collect.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.agent.collect.ByteText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Which mapped pages are let go of, and that what was in them is still there.
class FilePagesTest {
  private static final String SMAPS =
      """
      800001000-800922000 rw-p 00001000 fe:00 1600 /opt/evenkeel/agent.jsa
      Anonymous:             0 kB
      Swap:                  0 kB
      800922000-801600000 r--p 00922000 fe:00 1600 /opt/evenkeel/agent.jsa
      Size:              13176 kB
      Anonymous:             0 kB
      Swap:                  0 kB
      7f6a54000000-7f6a54400000 r--p 00000000 fe:00 1441 /opt/a - b/lib/server/libjvm.so (deleted)
      Size:               4096 kB
      Rss:                2956 kB
      Anonymous:             0 kB
      AnonHugePages:         0 kB
      Swap:                  0 kB
      SwapPss:               0 kB
      VmFlags: rd mr mw me
      7f6a54400000-7f6a55400000 r-xp 00400000 fe:00 1441 /opt/a - b/lib/server/libjvm.so
      Anonymous:             0 kB
      Swap:                  0 kB
      7f6a55400000-7f6a55500000 r--p 01400000 fe:00 1441 /opt/a - b/lib/server/libjvm.so
      Anonymous:           940 kB
      Swap:                  0 kB
      7f6a55500000-7f6a55600000 r--p 01400000 fe:00 1441 /opt/a - b/lib/server/libjvm.so
      Anonymous:             0 kB
      Swap:                  4 kB
      7f6a55600000-7f6a55700000 r--p 01400000 fe:00 1441 /opt/a - b/lib/server/libjvm.so
      Anonymous:             0 kB
      7f6a55700000-7f6a55740000 rw-p 01500000 fe:00 1441 /opt/a - b/lib/server/libjvm.so
      Anonymous:             0 kB
      Swap:                  0 kB
      7f6a56000000-7f6a57000000 r--s 00000000 fe:00 1500 /opt/runtime/lib/modules
      Anonymous:             0 kB
      Swap:                  0 kB
      7f6a57000000-7f6a57100000 r--p 00000000 fe:00 1700 /usr/lib/x86_64-linux-gnu/libnss_dns.so.2
      Anonymous:             0 kB
      Swap:                  0 kB
      7f6a58000000-7f6a59000000 r--p 00000000 00:00 0
      Anonymous:             0 kB
      Swap:                  0 kB
      ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
      Anonymous:             0 kB
      Swap:                  0 kB
      """;

  private static List<String> unchanged(String smaps) {
    byte[] bytes = smaps.getBytes(StandardCharsets.UTF_8);
    List<String> found = new ArrayList<>();
    FilePages.unchanged(
        new ByteText(bytes, 0, bytes.length),
        (address, length) -> found.add(Long.toHexString(address) + "+" + Long.toHexString(length)));
    return found;
  }

  /// A page that the linker filled in and the system swapped out is in neither memory nor the file.
  @Test
  void onlyReadOnlyMappingsWithoutPagesOfTheirOwnInMemoryOrSwappedOutAreLetGoOf() {
    assertThat(unchanged(SMAPS))
        .containsExactly(
            "800922000+cde000",
            "7f6a54000000+400000",
            "7f6a54400000+1000000",
            "7f6a56000000+1000000");
  }

  @Test
  void aFileThatIsCutOffLosesNothingElse() {
    for (int end = 0; end < SMAPS.length(); end++) {
      assertThat(unchanged(SMAPS)).containsAll(unchanged(SMAPS.substring(0, end)));
    }
  }

  /// This very process goes on without them.
  @Test
  @EnabledOnOs(OS.LINUX)
  void aProcessHasFewerPagesOfFilesAndGoesOn() throws IOException {
    long before = filePages();
    FilePages.letGo();
    long after = filePages();

    assertThat(after).isLessThan(before);
    assertThat(Pattern.compile("[a-z]+").matcher("all is still there").results()).hasSize(4);
  }

  private static long filePages() throws IOException {
    Matcher line =
        Pattern.compile("RssFile:\\s+(\\d+) kB")
            .matcher(Files.readString(Path.of("/proc/self/status")));
    assertThat(line.find()).isTrue();
    return Long.parseLong(line.group(1));
  }
}
