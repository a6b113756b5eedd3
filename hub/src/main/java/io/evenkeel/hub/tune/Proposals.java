package io.evenkeel.hub.tune;

import io.evenkeel.hub.diagnose.HostFinding;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Evidence;
import io.evenkeel.hub.tune.measure.HostNumbers;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.hub.tune.measure.ReadyMeasures;
import io.evenkeel.hub.tune.trial.RefusalWords;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Place;
import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.Risk;
import io.evenkeel.model.tune.TuningAction;
import io.evenkeel.model.tune.TuningActions;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the advice of findings comes to on their servers now: with the knobs' real values, and the
/// reason where it cannot be applied. Safe for use by many threads.
public final class Proposals {
  /// A piece of advice, ready to be applied or tried.
  ///
  /// @param advice its place among the finding's advice, from 0
  /// @param from the value now; empty when it cannot be read
  /// @param to the value proposed; empty when there is none
  /// @param problem why it cannot be applied now; empty when it can
  /// @param problemText the same in the reader's language
  /// @param measure what a trial of it would look at; null when no sign of the finding is one
  ///   number
  /// @param sought by which share that should get better, as [Proposal#sought] has it
  public record ProposedChange(
      int advice,
      String host,
      String action,
      String target,
      String from,
      String to,
      Risk risk,
      String problem,
      Text problemText,
      @Nullable Measure measure,
      double sought) {}

  private final Function<String, Optional<HostFinding>> findings;
  private final TunedServers servers;
  private final HostNumbers numbers;
  private final InstantSource clock;

  /// @param findings the finding with an id
  public Proposals(
      Function<String, Optional<HostFinding>> findings,
      TunedServers servers,
      HostNumbers numbers,
      InstantSource clock) {
    this.findings = findings;
    this.servers = servers;
    this.numbers = numbers;
    this.clock = clock;
  }

  /// The proposals of a finding, one for each piece of advice that turns a knob, and of a service's
  /// directive only where the server's policy names it; empty when there is no such finding.
  public Optional<List<ProposedChange>> of(String findingId) throws InterruptedException {
    Optional<HostFinding> finding = findings.apply(findingId);
    if (finding.isEmpty()) {
      return Optional.empty();
    }
    String host = finding.get().host();
    Measure measure = measure(host, finding.get().finding().evidence()).orElse(null);
    List<ProposedChange> proposals = new ArrayList<>();
    List<Advice> advice = finding.get().finding().advice();
    for (int i = 0; i < advice.size(); i++) {
      Optional<Advice.Change> change = advice.get(i).change();
      Optional<TuningAction> action = change.flatMap(one -> TuningActions.named(one.name()));
      if (change.isPresent() && action.isPresent()) {
        ProposedChange proposal = proposal(i, finding.get(), change.get(), action.get(), measure);
        // Which service's files there are only the server's policy tells: without, it is words.
        if (!(action.get().place() instanceof Place.Directive) || !proposal.from().isEmpty()) {
          proposals.add(proposal);
        }
      }
    }
    return Optional.of(proposals);
  }

  private ProposedChange proposal(
      int index,
      HostFinding finding,
      Advice.Change change,
      TuningAction action,
      @Nullable Measure measure) {
    String host = finding.host();
    String target = change.target();
    String now = "";
    String to = "";
    String problem;
    Optional<TunedServer> server = servers.named(host);
    if (server.isEmpty()) {
      problem = Refusal.NO_AGENT.text(host);
    } else {
      List<String> targets = targets(server.get(), action, change.target());
      if (targets.size() == 1) {
        target = targets.getFirst();
        TuningResult read = server.get().read(action.name(), target);
        now = read instanceof TuningResult.Done(String value, String same) ? value : "";
        Optional<TuningRequest> request =
            now.isEmpty() ? Optional.empty() : Proposal.of(change, target, now);
        to = request.map(TuningRequest::value).orElse("");
        problem =
            switch (read) {
              case TuningResult.Done done ->
                  request
                      .map(wanted -> server.get().look(wanted).objection())
                      .orElse(Refusal.NOTHING_TO_CHANGE.text());
              case TuningResult.Refused(String reason) -> reason;
              case TuningResult.Failed(String reason) -> reason;
              case TuningResult.Busy(String reason) -> reason;
              case TuningResult.Yielded(String found) -> Refusal.SET_BY_OTHERS.text(found);
            };
      } else {
        problem =
            targets.isEmpty()
                ? Refusal.NO_PROCESS.text(change.target())
                : Refusal.MANY_PROCESSES.text(Integer.toString(targets.size()), change.target());
      }
    }
    return new ProposedChange(
        index,
        host,
        action.name(),
        target,
        now,
        to,
        action.risk(),
        problem,
        RefusalWords.of(problem),
        measure,
        Proposal.sought(finding.finding().tier(), action, now, to));
  }

  /// Advice names a process; the action wants the one that has the name now. Of several the one
  /// that is nearest to its limit of open files stands first, and is whose limit is meant.
  private static List<String> targets(TunedServer server, TuningAction action, String named) {
    if (action.place() instanceof Place.ProcessProperty(Place.Trait trait)
        && action.place().objection(named).isPresent()) {
      List<String> all = server.processesNamed(named);
      return trait == Place.Trait.OPEN_FILES ? all.stream().limit(1).toList() : all;
    }
    return List.of(named);
  }

  private Optional<Measure> measure(String host, List<Evidence> evidence)
      throws InterruptedException {
    for (Evidence sign : evidence) {
      if (sign.met() && !sign.query().isEmpty()) {
        Measure plain = ReadyMeasures.of(sign);
        if (isOneNumber(host, plain)) {
          return Optional.of(plain);
        }
        Measure worst = ReadyMeasures.worst(plain);
        if (isOneNumber(host, worst)) {
          return Optional.of(worst);
        }
      }
    }
    return Optional.empty();
  }

  private boolean isOneNumber(String host, Measure measure) throws InterruptedException {
    return numbers.objection(host, measure.expression(), clock.millis()).isEmpty();
  }
}
