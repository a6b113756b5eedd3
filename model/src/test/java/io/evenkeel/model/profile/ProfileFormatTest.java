package io.evenkeel.model.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.ProfileKind;
import io.evenkeel.model.profile.ProfileNote.Code;
import io.evenkeel.model.profile.RecordedProfile.MemoryPoint;
import io.evenkeel.model.profile.RecordedProfile.ValueUnit;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// What an agent sends of a profile comes back as it was; what is none is refused in words.
class ProfileFormatTest {
  private static RecordedProfile profile() {
    CollapsedStacks stacks = new CollapsedStacks();
    stacks.add("main_[j];work_[j]", 3);
    stacks.add("main_[j];work_[j]", 4);
    stacks.add("read;sys_read_[k]", 1);
    return new RecordedProfile(
        "ab12",
        ProfileKind.MEMORY,
        "proc",
        42,
        "a name\nwith a line",
        1_700_000_000_000L,
        10_000,
        ValueUnit.BYTES,
        0,
        1.5,
        OptionalDouble.of(0.25),
        OptionalDouble.empty(),
        List.of(new ProfileNote(Code.STRIPPED, "40 %"), new ProfileNote(Code.NOTHING_SEEN)),
        List.of(
            new MemoryPoint(0, 100, OptionalLong.of(50)),
            new MemoryPoint(1_000, 200, OptionalLong.empty())),
        stacks.packed());
  }

  @Test
  void a_profile_comes_back_as_it_was() throws Exception {
    RecordedProfile sent = profile();
    RecordedProfile read = (RecordedProfile) ProfileReport.parse(sent.bytes());
    assertThat(read).usingRecursiveComparison().ignoringFields("comm").isEqualTo(sent);
    assertThat(read.comm()).isEqualTo("a name?with a line");
    assertThat(CollapsedStacks.unpack(read.packed()).text())
        .isEqualTo("main_[j];work_[j] 7\nread;sys_read_[k] 1\n");
  }

  @Test
  void a_failure_comes_back_with_its_reason() throws Exception {
    FailedProfile failed =
        new FailedProfile("ab12", new ProfileNote(Code.PERF_FORBIDDEN, "sudo sysctl x=1"));
    assertThat(ProfileReport.parse(failed.bytes())).isEqualTo(failed);
    assertThat(ProfileNote.parse("something else happened").code()).isEqualTo(Code.FAILED);
  }

  @Test
  void bytes_that_are_cut_or_changed_are_refused_or_read_but_never_break_the_reader() {
    byte[] good = profile().bytes();
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] bad =
          random.nextBoolean() ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
      for (int flips = random.nextInt(4); flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        if (ProfileReport.parse(bad) instanceof RecordedProfile read) {
          var unused = CollapsedStacks.unpack(read.packed());
        }
      } catch (ProfileFormatException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void text_that_unpacks_to_more_than_its_bound_is_refused() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 40; i++) {
        out.write(zeros);
      }
    }
    assertThatThrownBy(() -> CollapsedStacks.unpack(bomb.toByteArray()))
        .isInstanceOf(ProfileFormatException.class)
        .hasMessageContaining("longer than");
  }

  @Test
  void rare_stacks_are_put_together_and_none_of_the_count_is_lost() {
    CollapsedStacks stacks = new CollapsedStacks();
    for (int i = 0; i < 60_000; i++) {
      stacks.add("main;f" + i, i % 10 + 1);
    }
    long total = stacks.total();
    assertThat(stacks.mergeRare()).isEqualTo(10_001);
    assertThat(stacks.counts()).hasSize(50_000).containsKey(CollapsedStacks.OTHER);
    assertThat(stacks.total()).isEqualTo(total);
  }

  @Test
  void frames_hold_nothing_that_separates_frames() {
    assertThat(CollapsedStacks.frame("a;b\nc")).isEqualTo("a:b c");
    assertThat(CollapsedStacks.frame(" ")).isEqualTo("[unknown]");
  }

  @Test
  void the_command_travels_within_its_bounds_only() {
    Command.Profile command =
        new Command.Profile(4_194_304, ProfileKind.ALLOCATION, Duration.ofSeconds(60));
    CommandOrder order = new CommandOrder("ab12", 5, command);
    assertThat(order.text()).isEqualTo("ab12 5 profile 4194304 allocation 60");
    assertThat(CommandOrder.parse(order.text())).isEqualTo(order);
    for (String bad :
        List.of(
            "0 cpu 10", "1 cpu 9", "1 cpu 61", "1 all 10", "1;2 cpu 10", "1 cpu", "-1 cpu 10")) {
      assertThatThrownBy(() -> CommandOrder.parse("ab12 5 profile " + bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
