package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.hub.tune.trial.BoundsWords;
import io.evenkeel.hub.tune.trial.Reason;
import io.evenkeel.hub.tune.trial.Reason.Code;
import io.evenkeel.hub.tune.trial.RefusalWords;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Bounds;
import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.TuningAction;
import io.evenkeel.model.tune.TuningActions;
import io.evenkeel.model.tune.TuningRequest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reasons as they are stored and told.
class ReasonsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TrialSummary RUNNING =
      new TrialSummary(
          "t1",
          "web1",
          "net.core.somaxconn",
          "",
          "4096",
          "128",
          Text.of("waits", "等待"),
          Unit.RATIO,
          true,
          TrialPhase.BLOCKS,
          null,
          null,
          null,
          null,
          false,
          "",
          List.of(),
          "anna",
          null,
          1,
          null);

  @Test
  void a_reason_is_stored_with_what_is_particular_about_it() {
    TrialSummary ended =
        RUNNING.ended(
            TrialVerdict.NOT_TRIED, List.of(Reason.of(Code.HIDDEN, "40", "10")), false, 2);
    TrialSummary read = JSON.readValue(JSON.writeValueAsString(ended), TrialSummary.class);
    assertThat(read).isEqualTo(ended);
    assertThat(read.reason())
        .isEqualTo(
            "the measure moves so much by itself that only effects above 40 % would show; 10 % are hoped for");
  }

  @Test
  void what_a_server_says_stands_in_both_languages_and_stays_so_on_the_disk() {
    Reason refused =
        Reason.told(
            Code.REFUSED,
            "this server's policy is to observe only: there is no policy file /etc/evenkeel/tuning-policy");
    assertThat(refused.values())
        .containsExactly(
            "this server's policy is to observe only: there is no policy file /etc/evenkeel/tuning-policy",
            "该服务器的策略只允许观察：没有策略文件 /etc/evenkeel/tuning-policy");
    assertThat(refused.text()).isEqualTo(refused.values().getFirst());
    assertThat(Reason.told(Code.REFUSED, "disk on fire").values())
        .as("what is not known stays as it was said")
        .containsExactly("disk on fire", "disk on fire");
  }

  @Test
  void which_values_a_knob_takes_is_told_in_chinese_too() {
    for (TuningAction action : TuningActions.ALL) {
      Text text = BoundsWords.of(action.bounds());
      assertThat(text.zh()).as(action.name()).containsPattern("\\p{IsHan}");
      if (!(action.bounds() instanceof Bounds.OneOf)) {
        assertThat(text.zh()).as(action.name()).doesNotContainPattern("[a-z]{3}");
      }
    }
    assertThat(
            new TuningRequest("vm.swappiness", "", "900")
                .objection()
                .map(said -> RefusalWords.of(said).zh()))
        .contains("vm.swappiness：900 超出范围，可取 10 至 60 的整数");
  }

  @Test
  void sentences_within_sentences_are_in_chinese_too() {
    assertThat(
            RefusalWords.of(
                    "this server's policy is to observe only: /etc/evenkeel/tuning-policy, line 3:"
                        + " worker_connections takes a whole number from 512 to 65535; narrower bounds must be within")
                .zh())
        .isEqualTo(
            "该服务器的策略只允许观察：/etc/evenkeel/tuning-policy 第 3 行：worker_connections 可取 512 至 65535 的整数，更窄的范围须在其内");
    assertThat(
            RefusalWords.of(
                    "the check refuses it, and the file is as it was: /usr/sbin/nginx ended with 1: no")
                .zh())
        .isEqualTo("检查命令未通过，文件保持原样：/usr/sbin/nginx 已结束，状态为 1: no");
    assertThat(RefusalWords.of("the service nginx: /etc/nginx.conf cannot be read: gone").zh())
        .isEqualTo("服务 nginx：无法读取 /etc/nginx.conf：gone");
    assertThat(RefusalWords.of("the tuner does not answer: it ended with 3").zh())
        .isEqualTo("调优服务没有应答：it 已结束，状态为 3");
    assertThat(RefusalWords.of("HAProxy edge did not take it: x cannot be read: gone").zh())
        .isEqualTo("HAProxy edge 未接受：x cannot be read: gone");
    assertThat(
            RefusalWords.of(
                    "a limit of 5 bytes would have the kernel kill, while 9 are in use"
                        + " that it cannot free")
                .zh())
        .isEqualTo("已用 9 字节且无法回收，上限设为 5 字节会使内核终止进程");
  }

  @ParameterizedTest
  @EnumSource
  void every_refusal_has_chinese_words_with_its_values(Refusal refusal) {
    String[] values =
        IntStream.range(0, refusal.places()).mapToObj(i -> "v" + i).toArray(String[]::new);
    Text text = RefusalWords.of(refusal.text(values));
    assertThat(text.zh()).isNotEqualTo(text.en()).matches("(?s).*\\p{IsHan}.*");
    // Whether it was read or written is a word, and a file that must be mended is named once.
    List<String> told =
        switch (refusal) {
          case NO_RIGHTS -> List.of("v0");
          case UNREADABLE -> List.of("v0", "v2");
          default -> List.of(values);
        };
    assertThat(told).allSatisfy(value -> assertThat(text.zh()).contains(value));
  }

  @Test
  void a_step_that_a_version_before_stored_has_its_words_in_both_languages() {
    TrialDetail.Step step =
        new TrialDetail.Step(
            1,
            TrialDetail.Step.Kind.NOT_REFILLED,
            "app",
            "web",
            "HAProxy edge did not take it: no");
    assertThat(step.words().zh()).isEqualTo("HAProxy edge 未接受：no");
    ObjectNode old = (ObjectNode) JSON.valueToTree(step);
    old.remove("words");
    assertThat(JSON.treeToValue(old, TrialDetail.Step.class)).isEqualTo(step);
  }

  @Test
  void what_a_version_before_stored_keeps_its_words() {
    TrialSummary ended = RUNNING.ended(TrialVerdict.HELPED, List.of(), true, 2);
    ObjectNode old = (ObjectNode) JSON.valueToTree(ended);
    old.remove("reasons");
    old.put("reason", "better by more than the least effect worth keeping");
    TrialSummary read = JSON.treeToValue(old, TrialSummary.class);
    assertThat(read.reasons()).isEmpty();
    TrialSummary putBack = read.putBack("bert");
    assertThat(putBack.reason())
        .isEqualTo("better by more than the least effect worth keeping; put back by bert");
    assertThat(putBack.reasons()).as("half of it would be worse than none").isEmpty();
  }
}
