package io.evenkeel.hub.profile;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.enrolment.CommandDesk;
import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.profile.Profile.Note;
import io.evenkeel.hub.profile.Profile.Result;
import io.evenkeel.hub.profile.Profile.State;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.Outcome.Reason;
import io.evenkeel.model.Text;
import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.ProfileKind;
import io.evenkeel.model.profile.CollapsedStacks;
import io.evenkeel.model.profile.FailedProfile;
import io.evenkeel.model.profile.ProfileFormatException;
import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.ProfileNote.Code;
import io.evenkeel.model.profile.ProfileReport;
import io.evenkeel.model.profile.RecordedProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Profiles of processes: has agents record them, keeps what they deliver, and tells differences.
///
/// One run per host at a time. A run is on its way from the order until its report comes, its agent
/// refuses, or its time and some grace are over; then it is over for good. The newest 500 are kept,
/// for 90 days. Safe for use by many threads.
public final class Profiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("profile");
  private static final Duration TO_BEGIN = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(150);
  private static final Duration KEPT = Duration.ofDays(90);
  private static final int MOST_KEPT = 500;
  private static final Text BEING_RECORDED =
      Text.of("It is being recorded: wait until it is done.", "正在记录，请等待其完成。");

  private final Database database;
  private final AuditStore audit;
  private final HostRegistry hosts;
  private final CommandDesk commands;
  private final Predicate<String> hasAgent;
  private final ProfileStore store = new ProfileStore();
  private final ProfileFiles files;
  private final InstantSource clock;
  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();

  /// What is to be recorded.
  ///
  /// @param comm the process's name as the caller sees it
  /// @param finding the id of the finding it is asked from; empty when from none
  public record Wanted(
      String hostId, int pid, String comm, String kind, int seconds, String finding) {}

  /// @param hasAgent tells by a host's id whether an agent takes commands there
  /// @param folder where stacks are kept
  public Profiles(
      Database database,
      AuditStore audit,
      HostRegistry hosts,
      CommandDesk commands,
      Predicate<String> hasAgent,
      Path folder,
      InstantSource clock) {
    this.database = database;
    this.audit = audit;
    this.hosts = hosts;
    this.commands = commands;
    this.hasAgent = hasAgent;
    this.files = new ProfileFiles(folder);
    this.clock = clock;
    endInterrupted();
  }

  /// What was on its way when the hub stopped is awaited by nobody any more.
  private void endInterrupted() {
    database.change(transaction -> {
      for (Profile one : store.running(transaction)) {
        store.fail(transaction, one.id(), Note.of(new ProfileNote(Code.HUB_RESTARTED)));
      }
    });
  }

  /// Has an agent record a process.
  public Outcome<Profile> start(Wanted wanted, String actor) {
    Command.Profile command;
    try {
      command =
          new Command.Profile(
              wanted.pid, ProfileKind.of(wanted.kind), Duration.ofSeconds(wanted.seconds));
    } catch (IllegalArgumentException e) {
      return Outcome.refused(
          Reason.INVALID, Text.of(e.getMessage() + ".", "无法剖析：" + e.getMessage() + "。"));
    }
    if (wanted.comm.length() > 64 || wanted.finding.length() > 64) {
      return Outcome.refused(
          Reason.INVALID, Text.of("A name is longer than 64 characters.", "名称超过 64 个字符。"));
    }
    Optional<Host> host = hosts.find(wanted.hostId);
    if (host.isEmpty()) {
      return Outcome.refused(
          Reason.NOT_FOUND,
          Text.of(
              "No host has the id '" + wanted.hostId + "'.",
              "没有 ID 为“" + wanted.hostId + "”的服务器。"));
    }
    if (!hasAgent.test(wanted.hostId)) {
      return Outcome.refused(
          Reason.CONFLICT,
          Text.of(
              "No Evenkeel agent of '"
                  + host.get().name()
                  + "' takes commands: add the server on 'Settings, Servers', then it can be profiled.",
              "“" + host.get().name() + "”上没有接受命令的 Evenkeel 代理：请在“设置 – 服务器”中添加该服务器，之后即可剖析。"));
    }
    Profile profile =
        new Profile(
            commands.newId(),
            wanted.hostId,
            host.get().name(),
            wanted.pid,
            wanted.comm,
            command.what(),
            wanted.seconds,
            actor,
            clock.millis(),
            wanted.finding,
            State.RUNNING,
            null,
            null);
    boolean free =
        database.write(transaction -> {
          if (store.isRunning(transaction, wanted.hostId)) {
            return false;
          }
          store.insert(transaction, profile);
          audit.append(
              transaction,
              actor,
              "profile.start",
              profile.host(),
              profile.kind().word()
                  + " of "
                  + profile.pid()
                  + " "
                  + profile.comm()
                  + " for "
                  + profile.seconds()
                  + " s");
          return true;
        });
    if (!free) {
      return Outcome.refused(
          Reason.CONFLICT,
          Text.of(
              "A profile is being recorded on '" + profile.host() + "': wait until it is done.",
              "“" + profile.host() + "”上正在记录剖析，请等待其完成。"));
    }
    try {
      var unused = commands.send(profile.hostId(), profile.id(), command, TO_BEGIN);
    } catch (IllegalStateException e) {
      fail(profile.id(), new ProfileNote(Code.FAILED, String.valueOf(e.getMessage())));
      return Outcome.refused(
          Reason.CONFLICT, Text.of(e.getMessage() + ".", "命令无法发送：" + e.getMessage() + "。"));
    }
    Thread watch = Thread.ofVirtual().name("profile-" + profile.id()).unstarted(() -> see(profile));
    waiting.add(watch);
    watch.start();
    return Outcome.done(profile);
  }

  /// Sees a run through: that the agent takes it, and that it does not stay on its way for ever.
  private void see(Profile profile) {
    try {
      Optional<CommandResult> taken =
          commands.await(profile.hostId(), profile.id(), TO_BEGIN.plusSeconds(5));
      switch (taken.map(CommandResult::state).orElse(CommandResult.State.EXPIRED)) {
        case DONE -> {
          Thread.sleep(Duration.ofSeconds(profile.seconds()).plus(GRACE));
          fail(profile.id(), new ProfileNote(Code.NOT_DELIVERED));
        }
        case EXPIRED -> fail(profile.id(), new ProfileNote(Code.NO_ANSWER));
        case REFUSED, FAILED ->
            fail(profile.id(), ProfileNote.parse(taken.map(CommandResult::detail).orElse("")));
      }
    } catch (InterruptedException e) {
      // The report came, or the hub is stopping.
      return;
    } finally {
      waiting.remove(Thread.currentThread());
    }
  }

  private void fail(String id, ProfileNote reason) {
    boolean ended = database.write(transaction -> store.fail(transaction, id, Note.of(reason)));
    if (ended) {
      LOG.info("Profile {} failed: {}", id, reason.text());
    }
  }

  /// Takes what an agent delivers. What was not asked of this host, or is over, changes nothing.
  public void delivered(String hostId, ProfileReport report) {
    Optional<Profile> asked = find(report.id());
    if (asked.isEmpty()
        || !asked.get().hostId().equals(hostId)
        || asked.get().state() != State.RUNNING) {
      LOG.warn("Host {} delivered a profile {} that nobody awaits", hostId, report.id());
      return;
    }
    switch (report) {
      case FailedProfile failed -> fail(failed.id(), failed.reason());
      case RecordedProfile recorded -> keep(recorded);
    }
    waiting.stream()
        .filter(thread -> thread.getName().equals("profile-" + report.id()))
        .forEach(Thread::interrupt);
  }

  private void keep(RecordedProfile recorded) {
    Result result;
    try {
      CollapsedStacks stacks = CollapsedStacks.unpack(recorded.packed());
      result = Result.of(recorded, stacks.total(), stacks.counts().size());
      files.write(recorded);
    } catch (IOException | ProfileFormatException e) {
      fail(recorded.id(), new ProfileNote(Code.FAILED, "it cannot be kept: " + e.getMessage()));
      return;
    }
    List<String> surplus =
        database.write(transaction -> {
          store.finish(transaction, recorded.id(), result);
          List<String> old =
              store.surplus(transaction, clock.millis() - KEPT.toMillis(), MOST_KEPT);
          old.forEach(id -> store.delete(transaction, id));
          return old;
        });
    surplus.forEach(this::forget);
  }

  private void forget(String id) {
    try {
      files.delete(id);
    } catch (IOException e) {
      LOG.warn("The file of profile {} stays: {}", id, e.getMessage());
    }
  }

  /// The newest first.
  ///
  /// @param hostId empty for every host
  /// @param finding the id of the finding they were taken from; empty for every one
  public List<Profile> list(String hostId, String finding, int limit) {
    return database.read(transaction -> store.list(transaction, hostId, finding, limit));
  }

  public Optional<Profile> find(String id) {
    return database.read(transaction -> store.find(transaction, id));
  }

  /// Removes a profile that is over.
  public Outcome<Profile> delete(String id, String actor) {
    Outcome<Profile> outcome =
        database.write(transaction -> {
          Optional<Profile> found = store.find(transaction, id);
          if (found.isEmpty()) {
            return Outcome.refused(Reason.NOT_FOUND, none(id));
          }
          if (found.get().state() == State.RUNNING) {
            return Outcome.refused(Reason.CONFLICT, BEING_RECORDED);
          }
          store.delete(transaction, id);
          audit.append(
              transaction,
              actor,
              "profile.delete",
              found.get().host(),
              found.get().kind().word() + " of " + found.get().comm());
          return Outcome.done(found.get());
        });
    if (outcome instanceof Outcome.Done<Profile>) {
      forget(id);
    }
    return outcome;
  }

  private static Text none(String id) {
    return Text.of("There is no profile with the id '" + id + "'.", "没有 ID 为“" + id + "”的剖析。");
  }

  /// A profile's stacks as collapsed text.
  public Outcome<String> collapsed(String id) {
    return stacks(id).map(Stacks::text);
  }

  /// A profile as gzipped pprof.
  public Outcome<byte[]> pprof(String id) {
    return stacks(id).map(stacks -> Pprof.of(stacks.result, stacks.stacks.counts()));
  }

  /// Two profiles' stacks side by side: each with its count in `base` and in `id`.
  public Outcome<String> difference(String base, String id) {
    return switch (stacks(base)) {
      case Outcome.Refused<Stacks> refused -> refused.again();
      case Outcome.Done<Stacks>(Stacks before) ->
          switch (stacks(id)) {
            case Outcome.Refused<Stacks> refused -> refused.again();
            case Outcome.Done<Stacks>(Stacks now) ->
                before.result.unit().equals(now.result.unit())
                    ? Outcome.done(Difference.text(before.stacks.counts(), now.stacks.counts()))
                    : Outcome.refused(
                        Reason.CONFLICT,
                        Text.of(
                            "One counts "
                                + before.result.unit()
                                + ", the other "
                                + now.result.unit()
                                + ": compare two profiles of one kind.",
                            "一个以 "
                                + before.result.unit()
                                + " 计，另一个以 "
                                + now.result.unit()
                                + " 计：请对比同类剖析。"));
          };
    };
  }

  private record Stacks(Result result, CollapsedStacks stacks) {
    String text() {
      return stacks.text();
    }
  }

  private Outcome<Stacks> stacks(String id) {
    Optional<Profile> found = find(id);
    if (found.isEmpty()) {
      return Outcome.refused(Reason.NOT_FOUND, none(id));
    }
    Result result = found.get().result();
    if (result == null) {
      return Outcome.refused(
          Reason.CONFLICT,
          found.get().state() == State.RUNNING
              ? BEING_RECORDED
              : Text.of("This profile failed and has no stacks.", "该剖析失败，没有调用栈。"));
    }
    try {
      return Outcome.done(new Stacks(result, files.read(id)));
    } catch (IOException e) {
      LOG.warn("The stacks of profile {} cannot be read: {}", id, e.getMessage());
      return Outcome.refused(
          Reason.CONFLICT,
          Text.of(
              "The file of this profile is gone or damaged: record it again.",
              "该剖析的文件已丢失或损坏，请重新记录。"));
    }
  }

  /// Ends the watch over what is on its way.
  @Override
  public void close() {
    waiting.forEach(Thread::interrupt);
  }
}
