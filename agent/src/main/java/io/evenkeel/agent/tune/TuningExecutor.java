package io.evenkeel.agent.tune;

import io.evenkeel.agent.tune.Journal.Entry;
import io.evenkeel.agent.tune.Journal.State;
import io.evenkeel.model.command.TuningCommand;
import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.TuningAction;
import io.evenkeel.model.tune.TuningActions;
import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import io.evenkeel.model.tune.TurnedKnob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Turns knobs of this server and puts them back.
///
/// A change is leased: while somebody renews the lease the knob stays; when the lease runs out,
/// when the process ends, and when a process starts and finds a lease of one that died, the old
/// value is put back without asking anybody. The old value is on the disk before the knob is
/// turned, so that a stop at any moment leaves the knob as before or as after, and the next start
/// as before. A knob that somebody else wrote meanwhile is left as they wrote it: the kernel has no
/// compare-and-set, so it is compared right before the write.
///
/// Thread-safe: one request at a time. One thread of its own watches the leases.
public final class TuningExecutor implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(TuningExecutor.class.getName());
  private static final String AGENT = "agent";
  private static final String STOPPED = Refusal.STOPPED.text();
  private static final String NO_AUDIT = "the tuning audit log cannot be written";

  /// The longest time that a change may stay without anybody renewing it.
  public static final Duration LONGEST_LEASE = TuningCommand.LONGEST_LEASE;

  /// How soon a knob that could not be put back is tried again.
  private static final long RETRY_NANOS = 5_000_000_000L;

  /// Where things are.
  ///
  /// @param root `/`, or a tree that a test made
  /// @param data the folder for journal and audit log, of this agent alone
  /// @param policy the server's policy file
  /// @param policyOwner the user that the policy must belong to: 0
  public record Settings(Path root, Path data, Path policy, int policyOwner) {}

  private final Settings settings;
  private final Knobs knobs;
  private final Journal journal;
  private final TuningAudit audit;
  private final LongSupplier nanos;
  private final Consumer<TuningStep> steps;
  private final Map<String, Long> leaseEnds = new HashMap<>();

  /// Changes whose old values the kernel does not take yet, as the audit log has it once.
  private final Set<String> waiting = new HashSet<>();

  private boolean closed;

  private TuningExecutor(
      Settings settings,
      Journal journal,
      TuningAudit audit,
      LongSupplier nanos,
      Consumer<TuningStep> steps) {
    this.settings = settings;
    this.knobs = new Knobs(settings.root(), this::policy, settings.policyOwner());
    this.journal = journal;
    this.audit = audit;
    this.nanos = nanos;
    this.steps = steps;
  }

  /// Opens the journal, puts back what a process before left turned, and begins to watch leases.
  ///
  /// @param nanos a clock that no one sets, such as `System::nanoTime`
  /// @throws IOException when journal or audit log cannot be trusted: then nothing is turned
  public static TuningExecutor start(Settings settings, InstantSource clock, LongSupplier nanos)
      throws IOException {
    TuningExecutor executor = open(settings, clock, nanos, step -> {});
    Thread.ofPlatform().name("tuning-leases").daemon(true).start(executor::watchLeases);
    return executor;
  }

  /// Without the watching of leases.
  static TuningExecutor open(
      Settings settings, InstantSource clock, LongSupplier nanos, Consumer<TuningStep> steps)
      throws IOException {
    Files.createDirectories(settings.data());
    Journal journal = Journal.open(settings.data());
    TuningAudit audit;
    try {
      audit = TuningAudit.open(settings.data(), clock);
    } catch (IOException | RuntimeException e) {
      journal.close();
      throw e;
    }
    TuningExecutor executor = new TuningExecutor(settings, journal, audit, nanos, steps);
    executor.recover();
    return executor;
  }

  private synchronized void recover() {
    for (Entry entry : journal.entries()) {
      if (entry.isOpen()) {
        leaseEnds.put(entry.id(), nanos.getAsLong());
        putBack(entry, AGENT, "the process before ended with this change open");
      }
    }
  }

  /// What a request would do; changes nothing.
  public synchronized TuningResult dryRun(TuningRequest request) {
    return switch (found(request)) {
      case Looked.No(String reason) -> new TuningResult.Refused(reason);
      case Looked.Found(TuningAction action, Knob knob, String value, String snapshot) ->
          new TuningResult.Done(value, request.value());
    };
  }

  /// What a request would do, and whether the policy lets it be done; changes nothing.
  public synchronized TuningLook look(TuningRequest request) {
    TuningResult result = dryRun(request);
    return new TuningLook(
        result,
        TuningActions.named(request.action())
            .flatMap(action -> policy().objection(action, request, true))
            .orElse(isStopped() ? STOPPED : ""),
        result instanceof TuningResult.Done ? diff(request) : "");
  }

  private String diff(TuningRequest request) {
    try {
      return found(request) instanceof Looked.Found found ? found.knob.diff(request.value()) : "";
    } catch (KnobException e) {
      return "";
    }
  }

  /// How this server stands to being tuned.
  public synchronized TuningStanding standing() {
    TuningPolicy policy = policy();
    return new TuningStanding("", policy.mode(), policy.reason(), isStopped(), changes());
  }

  /// Notes a request that was refused before it was looked at.
  ///
  /// @param request as it came
  public synchronized void refused(String request, String reason) {
    try {
      audit.append("hub", "refuse", request, reason);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, NO_AUDIT, e);
    }
  }

  /// The value of a knob now, before and after alike; refused when there is no such knob here.
  ///
  /// @param target as in a [TuningRequest]
  public synchronized TuningResult read(String action, String target) {
    Optional<TuningAction> known = TuningActions.named(action);
    if (known.isEmpty() || known.get().place().objection(target).isPresent()) {
      return new TuningResult.Refused(Refusal.NO_ACTION_OF.text(action, target));
    }
    try {
      String now = knobs.find(known.get(), target).read();
      return new TuningResult.Done(now, now);
    } catch (KnobException e) {
      return new TuningResult.Refused(String.valueOf(e.getMessage()));
    }
  }

  /// The processes with a name, as targets of the actions that turn a process's knobs.
  ///
  /// @param comm as /proc has it, at most 15 letters
  /// @return none when they cannot be listed, which the log tells
  public List<String> processesNamed(String comm) {
    try {
      return knobs.processesNamed(comm);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the processes cannot be listed", e);
      return List.of();
    }
  }

  /// What the server's policy says now.
  public TuningPolicy policy() {
    return TuningPolicy.read(settings.policy(), settings.policyOwner());
  }

  /// Turns a knob for as long as the lease is renewed.
  ///
  /// @param id never used before, so that a request that comes twice is carried out once
  /// @param approvedBy the person who approved it; empty when nobody did
  /// @param lease 1 s to [#LONGEST_LEASE]
  public synchronized TuningResult apply(
      String id, TuningRequest request, String approvedBy, Duration lease) {
    String actor = approvedBy.isEmpty() ? "hub" : approvedBy;
    TuningResult result = applied(id, request, approvedBy, lease);
    note(actor, "apply", id, request, result);
    steps.accept(TuningStep.AUDITED);
    return result;
  }

  private TuningResult applied(
      String id, TuningRequest request, String approvedBy, Duration lease) {
    Optional<String> objection = objection(id, request, lease);
    if (objection.isPresent()) {
      return new TuningResult.Refused(objection.get());
    }
    return switch (found(request)) {
      case Looked.No(String reason) -> new TuningResult.Refused(reason);
      case Looked.Found(TuningAction action, Knob knob, String value, String snapshot) -> {
        Optional<String> forbidden = policy().objection(action, request, !approvedBy.isEmpty());
        if (forbidden.isPresent()) {
          yield new TuningResult.Refused(forbidden.get());
        }
        steps.accept(TuningStep.READ);
        Entry entry;
        try {
          entry = journal.intend(id, request, snapshot);
        } catch (IOException e) {
          yield new TuningResult.Refused(Refusal.NO_JOURNAL.text(String.valueOf(e.getMessage())));
        }
        leaseEnds.put(id, nanos.getAsLong() + lease.toNanos());
        notifyAll();
        steps.accept(TuningStep.INTENDED);
        yield turn(entry, knob, value);
      }
    };
  }

  private Optional<String> objection(String id, TuningRequest request, Duration lease) {
    if (closed) {
      return Optional.of(Refusal.STOPPING.text());
    }
    if (isStopped()) {
      return Optional.of(STOPPED);
    }
    if (!id.matches("[0-9A-Za-z-]{1,40}")) {
      return Optional.of(Refusal.NO_ID.text(id));
    }
    if (lease.compareTo(Duration.ofSeconds(1)) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
      return Optional.of(Refusal.LEASE_BOUNDS.text(Long.toString(LONGEST_LEASE.toMinutes())));
    }
    for (Entry entry : journal.entries()) {
      if (entry.id().equals(id)) {
        return Optional.of(Refusal.REPLAYED.text(id));
      }
      if (entry.isOpen()
          && entry.request().action().equals(request.action())
          && entry.request().target().equals(request.target())) {
        return Optional.of(Refusal.TURNED_ALREADY.text(request.knob(), entry.id()));
      }
    }
    return Optional.empty();
  }

  private TuningResult turn(Entry entry, Knob knob, String before) {
    String wanted = entry.request().value();
    try {
      knob.write(wanted);
      steps.accept(TuningStep.WRITTEN);
      String after = knob.read();
      if (after.equals(wanted)) {
        return new TuningResult.Done(before, after);
      }
      // The kernel took another value than asked: ours to put back, whatever it is.
      knob.restore(entry.before());
      end(entry, State.REVERTED);
      return new TuningResult.Failed(Refusal.KERNEL_MADE.text(after, wanted, before));
    } catch (KnobUntouchedException | KnobBusyException e) {
      // A limit that is refused when it is first set: the old one holds, and nothing is owed.
      end(entry, State.REVERTED);
      return new TuningResult.Refused(String.valueOf(e.getMessage()));
    } catch (KnobException e) {
      putBack(entry, AGENT, "the write failed");
      return new TuningResult.Failed(String.valueOf(e.getMessage()));
    }
  }

  /// Turns the knob of a leased change back for a while, or turned again: the blocks of a trial.
  ///
  /// @param on whether the change's value is to hold
  public synchronized TuningResult hold(String id, boolean on) {
    Optional<Entry> entry = open(id);
    if (entry.isEmpty()) {
      return unknown(id);
    }
    try {
      Knob knob = knob(entry.get());
      String now = knob.snapshot();
      boolean isOn = isOurs(knob, entry.get());
      if (!isOn && !now.equals(entry.get().before())) {
        return yielded(entry.get(), knob.overwritten());
      }
      if (on && !isOn) {
        knob.write(entry.get().request().value());
      } else if (!on && isOn) {
        knob.restore(entry.get().before());
      }
      String after = knob.read();
      // Whoever compares blocks must know when what was to be off is on.
      boolean isAsTold = on ? isOurs(knob, entry.get()) : isRestored(knob, entry.get());
      return isAsTold
          ? new TuningResult.Done(knob.shown(now), after)
          : new TuningResult.Failed(Refusal.KERNEL_LEFT.text(after));
    } catch (KnobBusyException e) {
      return new TuningResult.Busy(String.valueOf(e.getMessage()));
    } catch (KnobOverwrittenException e) {
      return yielded(entry.get(), String.valueOf(e.getMessage()));
    } catch (KnobException e) {
      return new TuningResult.Failed(String.valueOf(e.getMessage()));
    }
  }

  private static boolean isRestored(Knob knob, Entry entry) throws KnobException {
    return knob.snapshot().equals(entry.before());
  }

  /// Puts off the end of a lease.
  public synchronized TuningResult renew(String id, Duration lease) {
    if (open(id).isEmpty()
        || lease.compareTo(Duration.ofSeconds(1)) < 0
        || lease.compareTo(LONGEST_LEASE) > 0) {
      return unknown(id);
    }
    leaseEnds.put(id, nanos.getAsLong() + lease.toNanos());
    return new TuningResult.Done("", "");
  }

  /// Lets a value stay without a lease.
  public synchronized TuningResult keep(String id, String actor) {
    Optional<Entry> entry = open(id);
    TuningResult result =
        switch (entry.isPresent() ? hold(id, true) : unknown(id)) {
          case TuningResult.Done done when entry.isPresent() ->
              end(entry.get(), State.KEPT)
                  ? done
                  : new TuningResult.Failed("the journal cannot be written: not kept");
          case TuningResult other -> other;
        };
    note(
        actor, "keep", id, entry.map(Entry::request).orElse(new TuningRequest("", "", "")), result);
    return result;
  }

  /// Puts the old value back, of a leased change or of one that was kept.
  public synchronized TuningResult revert(String id, String actor, String why) {
    for (Entry entry : journal.entries()) {
      if (entry.id().equals(id) && (entry.isOpen() || entry.state() == State.KEPT)) {
        return putBack(entry, actor, why);
      }
    }
    return unknown(id);
  }

  /// Puts every leased change back and refuses new ones, also after a restart, until [#resume].
  public synchronized TuningResult stop(String actor) {
    TuningResult result = new TuningResult.Done("", "stopped");
    try {
      if (!isStopped()) {
        Files.createFile(stopFile());
        AppendedFile.sync(settings.data());
      }
      audit.append(actor, "stop", "", STOPPED);
    } catch (IOException e) {
      result =
          new TuningResult.Failed(Refusal.TUNING_UNSTOPPED.text(String.valueOf(e.getMessage())));
    }
    revertLeased(actor, "tuning was stopped");
    return result;
  }

  /// Allows changes again.
  public synchronized TuningResult resume(String actor) {
    try {
      Files.deleteIfExists(stopFile());
      AppendedFile.sync(settings.data());
      audit.append(actor, "resume", "", "tuning goes on");
    } catch (IOException e) {
      return new TuningResult.Failed(Refusal.TUNING_UNRESUMED.text(String.valueOf(e.getMessage())));
    }
    return new TuningResult.Done("stopped", "");
  }

  /// Whether tuning is stopped on this server.
  public boolean isStopped() {
    return Files.exists(stopFile());
  }

  private Path stopFile() {
    return settings.data().resolve("stopped");
  }

  /// The changes that are leased or kept, oldest first, with their knobs as they are now.
  public synchronized List<TurnedKnob> changes() {
    List<TurnedKnob> changes = new ArrayList<>();
    for (Entry entry : journal.entries()) {
      if (!entry.isOpen() && entry.state() != State.KEPT) {
        continue;
      }
      String now;
      String before = entry.before();
      boolean drifted;
      try {
        Knob knob = knob(entry);
        before = knob.shown(before);
        now = knob.read();
        // Off in a trial's turn, a leased knob has its old value; a kept one should have none but
        // its own, also after a restart of the machine.
        drifted =
            entry.isOpen()
                ? !isOurs(knob, entry) && !knob.snapshot().equals(entry.before())
                : !now.equals(entry.request().value());
      } catch (KnobException e) {
        now = String.valueOf(e.getMessage());
        drifted = true;
      }
      long left = leaseEnds.getOrDefault(entry.id(), 0L) - nanos.getAsLong();
      changes.add(
          new TurnedKnob(
              entry.id(),
              entry.request(),
              before,
              now,
              drifted,
              !entry.isOpen(),
              entry.isOpen() ? Duration.ofNanos(Math.max(0, left)) : Duration.ZERO));
    }
    return changes;
  }

  /// Whether no change is open: nothing here would come back by itself.
  public synchronized boolean isIdle() {
    return journal.entries().stream().noneMatch(Entry::isOpen);
  }

  private sealed interface Looked {
    record Found(TuningAction action, Knob knob, String value, String snapshot) implements Looked {}

    record No(String reason) implements Looked {}
  }

  private Looked found(TuningRequest request) {
    Optional<String> objection = request.objection();
    if (objection.isPresent()) {
      return new Looked.No(objection.get());
    }
    TuningAction action = TuningActions.named(request.action()).orElseThrow();
    try {
      Knob knob = knobs.find(action, request.target());
      return new Looked.Found(action, knob, knob.read(), knob.snapshot());
    } catch (KnobException e) {
      return new Looked.No(String.valueOf(e.getMessage()));
    }
  }

  private Knob knob(Entry entry) throws KnobException {
    return knobs.turned(action(entry), entry.request().target(), entry.before());
  }

  private static TuningAction action(Entry entry) throws KnobException {
    return TuningActions.named(entry.request().action())
        .orElseThrow(() ->
            new KnobException("this version has no action '" + entry.request().action() + "'"));
  }

  private static boolean isOurs(Knob knob, Entry entry) throws KnobException {
    return knob.isAsTurned(entry.request().value(), entry.before());
  }

  private TuningResult putBack(Entry entry, String actor, String why) {
    TuningResult result = restored(entry);
    boolean isTold =
        switch (result) {
          // A limit may be in use for days: each try is not worth a line.
          case TuningResult.Busy busy -> !waiting.add(entry.id());
          case TuningResult.Yielded yielded -> true;
          case TuningResult.Done done -> false;
          case TuningResult.Refused refused -> false;
          case TuningResult.Failed failed -> false;
        };
    if (!isTold) {
      note(actor, "revert", entry.id(), entry.request(), result, why);
    }
    if (!(result instanceof TuningResult.Busy)) {
      waiting.remove(entry.id());
    }
    return result;
  }

  private TuningResult restored(Entry entry) {
    try {
      Knob knob = knob(entry);
      String now = knob.snapshot();
      Optional<String> unsettled = Optional.empty();
      if (now.equals(entry.before())) {
        unsettled = knob.settle(now);
      } else {
        if (!isOurs(knob, entry)) {
          return yielded(entry, knob.overwritten());
        }
        knob.restore(entry.before());
        String after = knob.snapshot();
        if (!after.equals(entry.before())) {
          return retried(
              entry, Refusal.KERNEL_MADE_OF.text(knob.shown(after), knob.shown(entry.before())));
        }
      }
      steps.accept(TuningStep.RESTORED);
      if (!end(entry, State.REVERTED)) {
        return retried(entry, Refusal.JOURNAL_UNWRITABLE.text());
      }
      steps.accept(TuningStep.ENDED);
      return unsettled.isPresent()
          ? new TuningResult.Failed(unsettled.get())
          : new TuningResult.Done(knob.shown(now), knob.shown(entry.before()));
    } catch (KnobOverwrittenException e) {
      return yielded(entry, String.valueOf(e.getMessage()));
    } catch (KnobBusyException e) {
      // A value that was to stay and is not to any more is owed too, also by the next process.
      if (!entry.isOpen() && !end(entry, State.LEASED)) {
        return new TuningResult.Failed(Refusal.JOURNAL_UNWRITABLE.text());
      }
      retryLater(entry);
      return new TuningResult.Busy(String.valueOf(e.getMessage()));
    } catch (KnobException e) {
      return isGone(entry) ? restoredGone(entry) : retried(entry, String.valueOf(e.getMessage()));
    }
  }

  private TuningResult restoredGone(Entry entry) {
    try {
      knobs.restoreGone(action(entry), entry.request().target(), entry.before());
    } catch (KnobException e) {
      return retried(entry, String.valueOf(e.getMessage()));
    }
    return end(entry, State.REVERTED)
        ? new TuningResult.Done(entry.request().value(), "gone")
        : retried(entry, Refusal.JOURNAL_UNWRITABLE.text());
  }

  /// A process or unit that is no more took its knob along.
  private boolean isGone(Entry entry) {
    try {
      knob(entry).read();
      return false;
    } catch (KnobException e) {
      return String.valueOf(e.getMessage())
          .matches("there is no (process|unit) .* now|.*another one by now");
    }
  }

  private TuningResult retried(Entry entry, String reason) {
    if (!entry.isOpen()) {
      return new TuningResult.Failed(reason);
    }
    retryLater(entry);
    return new TuningResult.Failed(Refusal.TRIED_AGAIN.text(reason));
  }

  private void retryLater(Entry entry) {
    leaseEnds.put(entry.id(), nanos.getAsLong() + RETRY_NANOS);
    notifyAll();
  }

  private TuningResult yielded(Entry entry, String found) {
    TuningResult result = new TuningResult.Yielded(found);
    if (!end(entry, State.YIELDED)) {
      return retried(entry, Refusal.JOURNAL_UNWRITABLE.text());
    }
    note(AGENT, "yield", entry.id(), entry.request(), result);
    return result;
  }

  private boolean end(Entry entry, State state) {
    try {
      journal.end(entry, state);
      leaseEnds.remove(entry.id());
      return true;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the tuning journal cannot be written", e);
      return false;
    }
  }

  private Optional<Entry> open(String id) {
    return journal.entries().stream()
        .filter(entry -> entry.id().equals(id) && entry.isOpen())
        .findFirst();
  }

  private static TuningResult unknown(String id) {
    return new TuningResult.Refused(Refusal.NO_CHANGE.text(id));
  }

  private void note(String actor, String action, String id, TuningRequest request, TuningResult r) {
    note(actor, action, id, request, r, "");
  }

  private void note(
      String actor,
      String action,
      String id,
      TuningRequest request,
      TuningResult result,
      String why) {
    String outcome = result.told();
    try {
      audit.append(
          actor,
          action,
          id + " " + request.knob(),
          why.isEmpty() ? outcome : outcome + " (" + why + ")");
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, NO_AUDIT, e);
    }
  }

  private void revertLeased(String actor, String why) {
    for (Entry entry : journal.entries()) {
      if (entry.isOpen()) {
        putBack(entry, actor, why);
      }
    }
  }

  /// Puts back what nobody renewed in time.
  synchronized void expireLeases() {
    long now = nanos.getAsLong();
    for (Entry entry : journal.entries()) {
      Long end = leaseEnds.get(entry.id());
      if (entry.isOpen() && end != null && end - now <= 0) {
        putBack(entry, AGENT, "its lease ran out");
      }
    }
  }

  private synchronized void watchLeases() {
    try {
      while (!closed) {
        expireLeases();
        long now = nanos.getAsLong();
        long wait =
            leaseEnds.values().stream().mapToLong(end -> end - now).min().orElse(Long.MAX_VALUE);
        if (wait == Long.MAX_VALUE) {
          wait();
        } else {
          wait(Math.max(1, wait / 1_000_000 + 1));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Puts every leased change back and ends.
  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      revertLeased(AGENT, "the agent stops");
      notifyAll();
      audit.close();
      journal.close();
    }
  }
}
