package io.evenkeel.model.tune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TuningActionsTest {
  private static final List<String> HOSTILE =
      List.of(
          "",
          " ",
          "/",
          "..",
          "../x",
          "a/../b",
          "a/b",
          ".hidden",
          "a b",
          "a\nb",
          "a\u0000b",
          "$(id)",
          "`id`",
          ";id",
          "a=b",
          "-x",
          "\"",
          "'",
          "*",
          "é",
          "１",
          "9".repeat(40),
          "1e+9",
          "0x10",
          "+5",
          "1 2 3 4",
          "max",
          "infinity",
          "NaN");

  @Test
  void no_two_actions_have_one_name() {
    Set<String> names = new HashSet<>();
    assertThat(TuningActions.ALL).allMatch(action -> names.add(action.name()));
  }

  @Test
  void no_action_can_set_other_knobs_back() {
    assertThat(TuningActions.ALL).noneMatch(action -> action.name().contains("ip_forward"));
  }

  @ParameterizedTest
  @CsvSource({
    "net.core.somaxconn,'',4096",
    "net.ipv4.tcp_rmem,'',4096 131072 16777216",
    "net.ipv4.ip_local_port_range,'',10240 65535",
    "net.ipv4.tcp_congestion_control,'',bbr",
    "vm.dirty_bytes,'',536870912",
    "CPUQuota,nginx.service,150%",
    "MemoryMax,postgresql@15-main.service,1073741824",
    "LimitNOFILE,4242@981234,65536",
    "Nice,4242@981234,-5",
    "CPUAffinity,4242@981234,'0-3,6'",
    "read_ahead_kb,nvme0n1,1024",
    "rps_cpus,eth0,f",
    "transparent_hugepage/defrag,'',defer+madvise",
  })
  void takes_what_is_within_the_bounds(String action, String target, String value) {
    assertThat(new TuningRequest(action, target, value).objection()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "net.core.somaxconn,'',127",
    "net.core.somaxconn,'',16385",
    "net.core.somaxconn,eth0,4096",
    "net.ipv4.tcp_rmem,'',4096 131072 16777217",
    "net.ipv4.tcp_rmem,'',131072 4096 16777216",
    "net.ipv4.tcp_rmem,'',4096 131072",
    "net.ipv4.ip_local_port_range,'',1024 65535",
    "net.ipv4.ip_local_port_range,'',60000 60100",
    "CPUQuota,nginx.service,4%",
    "CPUQuota,nginx.service,150",
    "MemoryMax,nginx.service,1073741825",
    "MemoryMax,../nginx.service,1073741824",
    "LimitNOFILE,4242,65536",
    "LimitNOFILE,0@1,65536",
    "Nice,4242@981234,-20",
    "CPUAffinity,4242@981234,3-1",
    "CPUAffinity,4242@981234,9000",
    "net.ipv4.ip_forward,'',1",
    "kernel.core_pattern,'',x",
  })
  void refuses_what_is_not_and_says_why(String action, String target, String value) {
    assertThat(new TuningRequest(action, target, value).objection()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void no_text_of_any_kind_leaves_its_folder_or_carries_a_second_word(int seed) {
    Random random = new Random(seed);
    for (TuningAction action : TuningActions.ALL) {
      for (String hostile : HOSTILE) {
        assertNoEscape(new TuningRequest(action.name(), hostile, "4096"), action);
        assertThat(action.bounds().objection(hostile))
            .as("%s = %s", action.name(), hostile)
            .isPresent();
      }
      for (int i = 0; i < 200; i++) {
        String text =
            random
                .ints(1 + random.nextInt(12), 0, 128)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        assertNoEscape(new TuningRequest(action.name(), text, "4096"), action);
      }
    }
  }

  private static void assertNoEscape(TuningRequest request, TuningAction action) {
    if (!request.target().isEmpty() && action.place().objection(request.target()).isEmpty()) {
      assertThat(request.target()).doesNotContain("/", " ", "\n", "\0").doesNotStartWith(".");
    }
  }
}
