package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.diagnose.finding.Text;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.hub.tune.trial.Reason;
import io.evenkeel.hub.tune.trial.Reason.Code;
import java.util.List;
import org.junit.jupiter.api.Test;
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
