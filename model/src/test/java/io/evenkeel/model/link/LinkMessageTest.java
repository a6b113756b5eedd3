package io.evenkeel.model.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkMessageTest {
  @Test
  void what_a_hub_says_is_read_as_it_was_said() throws LinkMessageException {
    HubInstructions said =
        new HubInstructions(
            "web-1",
            Duration.ofSeconds(5),
            Set.of("systemd", "hwmon"),
            "5f3a",
            1_800_000_000_000L,
            List.of(
                new CommandOrder("a1", 5, new Command.RenewCertificate()),
                new CommandOrder(
                    "a2",
                    6,
                    new Command.CollectEvery(Duration.ofSeconds(1), Duration.ofSeconds(90)))),
            List.of());
    assertThat(HubInstructions.parse(said.message().toString())).isEqualTo(said);
  }

  @Test
  void a_newer_hubs_keys_are_passed_over_and_its_commands_told() throws LinkMessageException {
    HubInstructions heard =
        HubInstructions.parse(
            "instance a\nperiod 1000\ntime 1\nsomething-new x\ncommand a1 5 make-coffee black\n");
    assertThat(heard.orders()).isEmpty();
    assertThat(heard.unreadable())
        .extracting(HubInstructions.Unreadable::id, HubInstructions.Unreadable::reason)
        .containsExactly(tuple("a1", "there is no command 'make-coffee'"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "instance a",
        "instance\n",
        "Instance a\n",
        " a\n",
        "instance a\u0007\n",
        "instance a\nperiod 1\ntime 1\n",
        "instance a\nperiod 3600000\ntime 1\n",
        "instance a\nperiod x\ntime 1\n"
      })
  void what_is_no_message_is_refused(String text) {
    assertThatThrownBy(() -> HubInstructions.parse(text)).isInstanceOf(LinkMessageException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "collect-every 0 60",
        "collect-every 61 60",
        "collect-every 1 601",
        "collect-every 1",
        "collect-every 1 60 1",
        "collect-every -1 60",
        "renew-certificate now",
        "shell rm",
        ""
      })
  void commands_beyond_their_bounds_cannot_be_said(String text) {
    assertThatThrownBy(() -> CommandOrder.parse("a1 5 " + text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void results_keep_to_one_line() {
    CommandResult result = new CommandResult("a", CommandResult.State.FAILED, "one\r\ntwo");
    assertThat(result.detail()).isEqualTo("one two");
    assertThat(CommandResult.parse(result.text())).isEqualTo(result);
  }

  @Test
  void noise_is_refused_with_the_one_exception() {
    Random random = new Random(7);
    String letters = "abc-1 \n\n\t command instance";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(60); length > 0; length--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      try {
        LinkMessage message = LinkMessage.parse(text.toString());
        assertThat(message.toString()).isEqualTo(text.toString());
      } catch (LinkMessageException e) {
        assertThat(e).hasMessageContaining("line");
      }
    }
  }
}
