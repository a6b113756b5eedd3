package io.evenkeel.model.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.model.command.CommandResult.State;
import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningMode;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import io.evenkeel.model.tune.TurnedKnob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TuningCommandTest {
  private static final TuningRequest BUFFERS =
      new TuningRequest("net.ipv4.tcp_rmem", "", "4096 131072 6291456");

  private static List<TuningCommand> everyKind() {
    return List.of(
        new TuningCommand.Standing(),
        new TuningCommand.Look(BUFFERS),
        new TuningCommand.Read("CPUQuota", "a\\x2db.service"),
        new TuningCommand.Processes("Web Content"),
        new TuningCommand.Apply("c-1", BUFFERS, "安娜 50%", Duration.ofSeconds(30)),
        new TuningCommand.Hold("c-1", false),
        new TuningCommand.Renew("c-1", Duration.ofHours(1)),
        new TuningCommand.Keep("c-1", "-"),
        new TuningCommand.Revert("c-1", "anna", "NO_EVIDENCE: 3 % better"),
        new TuningCommand.Stop(""),
        new TuningCommand.Resume("anna"));
  }

  @Test
  void every_kind_comes_back_from_its_text() {
    for (TuningCommand command : everyKind()) {
      CommandOrder order = new CommandOrder("0a1b", 1_700_000_000_000L, command);
      assertThat(order.text()).matches("[!-~]+( [!-~]+)*");
      assertThat(CommandOrder.parse(order.text())).isEqualTo(order);
    }
  }

  @Test
  void any_text_comes_back() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 400; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(12);
      while (text.length() < length) {
        int point =
            random.nextInt(8) == 0 ? random.nextInt(0x1F000, 0x1F300) : random.nextInt(32, 127);
        text.appendCodePoint(point);
      }
      TuningCommand command = new TuningCommand.Processes(text.toString());
      assertThat(Command.of(command.kind(), command.arguments())).isEqualTo(command);
    }
  }

  @Test
  void what_was_altered_is_no_command() {
    assertThatThrownBy(
            () -> CommandOrder.parse("0a1b 1 tune-apply c-1 vm.swappiness - 10 anna 7200"))
        .hasMessageContaining("1 to 3600");
    assertThatThrownBy(() -> CommandOrder.parse("0a1b 1 tune-apply c-1 vm.swappiness - 10 anna"))
        .hasMessageContaining("takes 6 arguments, not 5");
    assertThatThrownBy(() -> CommandOrder.parse("0a1b 1 tune-hold ../c on"))
        .hasMessageContaining("no id of a change");
    assertThatThrownBy(() -> CommandOrder.parse("0a1b 1 tune-hold c-1 maybe"))
        .hasMessageContaining("on or off");
    assertThatThrownBy(() -> CommandOrder.parse("0a1b 1 tune-stop %zz"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CommandOrder.parse("0a1b 1 tune-stop %ff"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CommandOrder.parse("0a1b 1 tune-stop a%0ab"))
        .hasMessageContaining("control characters");
    assertThatThrownBy(() -> CommandOrder.parse("0a1b 1 tune-stop " + "a".repeat(513)))
        .hasMessageContaining("longer than 512");
    assertThatThrownBy(() -> CommandOrder.parse("0a1b 1 tune-reboot"))
        .hasMessageContaining("there is no command 'tune-reboot'");
  }

  /// Whatever a line is turned into, it is a command within its bounds or refused, never another
  /// failure.
  @Test
  void a_line_with_any_byte_changed_is_a_command_or_refused() {
    SplittableRandom random = new SplittableRandom(5);
    List<TuningCommand> kinds = everyKind();
    for (int i = 0; i < 4_000; i++) {
      StringBuilder line =
          new StringBuilder(new CommandOrder("0a", 1, kinds.get(i % kinds.size())).text());
      for (int flips = random.nextInt(3); flips >= 0; flips--) {
        line.setCharAt(random.nextInt(line.length()), (char) random.nextInt(32, 256));
      }
      try {
        CommandOrder order = CommandOrder.parse(line.toString());
        assertThat(CommandOrder.parse(order.text())).isEqualTo(order);
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageNotContaining("\n");
      }
    }
  }

  @Test
  void results_come_back_from_their_text() {
    for (TuningResult result :
        List.of(
            new TuningResult.Done("", "4096 131072 6291456"),
            new TuningResult.Yielded("7"),
            new TuningResult.Busy("46137344 bytes are in use"),
            new TuningResult.Refused("this server's policy is to observe only"),
            new TuningResult.Failed("the kernel made 5 of 6; 7 was put back"))) {
      assertThat(TuningAnswer.result(sent(TuningAnswer.of("0a", result)))).isEqualTo(result);
      TuningLook look =
          new TuningLook(
              result,
              result instanceof TuningResult.Done ? "not allowed: 不" : "",
              result instanceof TuningResult.Done ? "@@ -1,3 +1,3 @@\n- a\n+ b\n" : "");
      assertThat(TuningAnswer.look(sent(TuningAnswer.of("0a", look)))).isEqualTo(look);
    }
    assertThat(TuningAnswer.names(sent(TuningAnswer.of("0a", List.of("1@5", "27@9")))))
        .containsExactly("1@5", "27@9");
    assertThat(TuningAnswer.names(sent(TuningAnswer.of("0a", List.<String>of())))).isEmpty();
  }

  @Test
  void a_standing_comes_back_with_leased_changes_first_as_far_as_they_fit() {
    List<TurnedKnob> changes = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      boolean kept = i != 399;
      changes.add(
          new TurnedKnob(
              "c" + i,
              new TuningRequest("CPUWeight", "web-" + i + ".service", "10"),
              "100",
              "10",
              i % 2 == 0,
              kept,
              kept ? Duration.ZERO : Duration.ofSeconds(12)));
    }
    TuningStanding few =
        new TuningStanding("", TuningMode.AUTO, "", true, changes.subList(397, 399));
    assertThat(TuningAnswer.standing(sent(TuningAnswer.of("0a", few)))).isEqualTo(few);

    TuningStanding many = new TuningStanding("", TuningMode.APPROVE, "", false, changes);
    CommandResult result = sent(TuningAnswer.of("0a", many));
    List<TurnedKnob> told = TuningAnswer.standing(result).changes();
    assertThat(told.getFirst()).isEqualTo(changes.get(399));
    assertThat(told).hasSizeBetween(100, 399).isSubsetOf(changes);

    assertThat(TuningAnswer.standing(new CommandResult("0a", State.DONE, "- loud - no")).problem())
        .contains("cannot be read");
    assertThat(TuningAnswer.result(new CommandResult("0a", State.DONE, "nonsense")))
        .isInstanceOf(TuningResult.Failed.class);
  }

  private static CommandResult sent(CommandResult result) {
    return CommandResult.parse(result.text());
  }
}
