package io.evenkeel.hub.enrolment;

import io.evenkeel.model.Text;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How the enrolled agents' links are now, in memory.
///
/// One start of an agent, told by a random text, holds the link of its host. Another may take it
/// over when the holder is silent, or when both run on the same boot of the same machine: a
/// restart. A second machine with the same identity is refused while the first reports, and a start
/// that was taken over from is refused for good: samples of two machines never mix under one name.
/// Silence is measured on the monotonic clock. Safe for use by many threads.
public final class AgentLinks {
  /// A link that was silent for so long may be taken over by another start.
  static final Duration HELD = Duration.ofSeconds(30);

  /// For how long a refusal is told of after the last.
  static final Duration REFUSAL_SHOWN = Duration.ofMinutes(10);

  private static final int MOST_FORMER_RUNS = 64;

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Map<String, Link> links = new ConcurrentHashMap<>();

  /// How a link is.
  public enum State {
    /// Enrolled, and no sample came yet.
    WAITING,
    /// Samples come as they are taken.
    CONNECTED,
    /// Samples come, but old ones: the agent sends what waited while the link was cut.
    CATCHING_UP,
    /// The agent said that it stops.
    STOPPED,
    /// The machine answers, its agent does not report.
    AGENT_DOWN,
    /// Neither the agent nor the machine answers: it is down or cut off. Which of the two is known
    /// when it comes back, see [Outage].
    UNREACHABLE,
    /// The agent has not reported for a while; whether the machine answers is being found out.
    SILENT
  }

  /// What the last silence was, as known from what came after it.
  public enum Outage {
    /// The machine was started anew.
    HOST_RESTARTED,
    /// Only the agent was.
    AGENT_RESTARTED,
    /// The agent ran on and could not reach the hub.
    NETWORK_CUT
  }

  /// What a link looks like to people. Times are epoch milliseconds.
  ///
  /// @param address from where the agent came last; empty before it did
  /// @param clockOffsetMillis how far its clock was ahead of the hub's
  /// @param droppedRequests how many requests its full buffer lost since its start
  /// @param outage what the last silence was; null when none is known
  /// @param refusedSamples how many of its samples were refused since the hub's start
  /// @param refusal why some were lately, a sentence; empty when none were
  /// @param cloneAddress from where another machine tried to report with the same identity; null
  ///   when none did
  public record View(
      State state,
      String address,
      @Nullable Long lastAt,
      @Nullable String version,
      long clockOffsetMillis,
      long droppedRequests,
      long refusedSamples,
      String refusal,
      @Nullable Outage outage,
      @Nullable String cloneAddress,
      @Nullable Long cloneAt) {}

  /// What an agent says of itself with each push.
  ///
  /// @param run a random text of its start
  /// @param boot the kernel's boot id
  /// @param machine the SHA-256 of the machine's id
  public record Sender(
      String run,
      String boot,
      String machine,
      @Nullable String version,
      long clockMillis,
      long dropped,
      InetAddress address) {}

  /// What of a request was refused.
  ///
  /// @param samples how many; 0 for none
  /// @param why a sentence; empty for none
  public record Refused(int samples, String why) {
    /// Nothing was.
    public static final Refused NOTHING = new Refused(0, "");
  }

  private static final class Link {
    final Set<String> formerRuns = new HashSet<>();
    String run = "";
    String boot = "";
    @Nullable Sender sender;
    long lastNanos;
    long lastMillis;
    long periodMillis = 1_000;
    long lagMillis;
    boolean stopped;
    @Nullable Boolean answers;
    @Nullable Outage outage;
    long offsetMillis;
    long refusedSamples;
    String refusal = "";
    long refusedNanos;
    @Nullable String cloneAddress;
    long cloneMillis;
  }

  /// @param nanos a clock that is never set
  public AgentLinks(InstantSource clock, LongSupplier nanos) {
    this.clock = clock;
    this.nanos = nanos;
  }

  private Link link(String hostId) {
    return links.computeIfAbsent(hostId, id -> new Link());
  }

  /// Lets a sender use a host's link, or answers why not.
  Optional<Text> admit(EnrolledAgent agent, Sender sender) {
    Link link = link(agent.hostId());
    synchronized (link) {
      long now = nanos.getAsLong();
      boolean held = link.sender != null && now - link.lastNanos < HELD.toNanos();
      boolean otherMachine = !sender.machine().equals(agent.machine());
      boolean takenOver = link.formerRuns.contains(sender.run());
      boolean sameBoot = sender.boot().equals(link.boot);
      boolean second = held && !sender.run().equals(link.run) && !sameBoot && !link.stopped;
      if (otherMachine || takenOver || second) {
        link.cloneAddress = sender.address().getHostAddress();
        link.cloneMillis = clock.millis();
        return Optional.of(
            Text.of(
                "this server has the identity of '"
                    + agent.instance()
                    + "', which another machine"
                    + (otherMachine ? " enrolled with" : " reports with")
                    + ": it is a clone. Remove the agent's state folder here and enrol this server"
                    + " with a token of its own",
                "该服务器使用“"
                    + agent.instance()
                    + "”的身份，而另一台机器"
                    + (otherMachine ? "以此注册" : "正以此上报")
                    + "：它是克隆。请删除此处代理的状态文件夹，并用单独的令牌注册该服务器"));
      }
      if (!sender.run().equals(link.run)) {
        begin(link, sender, sameBoot);
      }
      return Optional.empty();
    }
  }

  private static void begin(Link link, Sender sender, boolean sameBoot) {
    if (!link.run.isEmpty()) {
      if (link.formerRuns.size() < MOST_FORMER_RUNS) {
        link.formerRuns.add(link.run);
      }
      link.outage = sameBoot ? Outage.AGENT_RESTARTED : Outage.HOST_RESTARTED;
    }
    link.run = sender.run();
    link.boot = sender.boot();
  }

  /// Notes that a sender's samples were taken.
  ///
  /// @param newestMillis the newest sample's time by the sender's clock
  void reported(
      String hostId, Sender sender, long newestMillis, long periodMillis, Refused refused) {
    Link link = link(hostId);
    synchronized (link) {
      long now = nanos.getAsLong();
      boolean back =
          link.sender != null
              && now - link.lastNanos > silentAfterNanos(link)
              && link.sender.run().equals(sender.run());
      if (back) {
        link.outage = Outage.NETWORK_CUT;
      }
      link.sender = sender;
      link.lastNanos = now;
      link.lastMillis = clock.millis();
      link.periodMillis = periodMillis;
      link.lagMillis = sender.clockMillis() - newestMillis;
      link.offsetMillis = sender.clockMillis() - clock.millis();
      link.stopped = false;
      link.answers = null;
      if (refused.samples() > 0) {
        link.refusedSamples += refused.samples();
        link.refusal = refused.why();
        link.refusedNanos = now;
      }
    }
  }

  /// Notes that an agent stops on purpose.
  void stopped(String hostId) {
    Link link = link(hostId);
    synchronized (link) {
      link.stopped = true;
    }
  }

  /// Forgets a host.
  void forget(String hostId) {
    links.remove(hostId);
  }

  private static long silentAfterNanos(Link link) {
    return Duration.ofMillis(3 * link.periodMillis + 1_000).toNanos();
  }

  /// Whether the same boot of a machine reports now, or none does: so that an enrolment from there
  /// is that very server's.
  boolean mayEnrolAgain(String hostId, String boot) {
    Link link = link(hostId);
    synchronized (link) {
      boolean held = link.sender != null && nanos.getAsLong() - link.lastNanos < HELD.toNanos();
      return !held || link.stopped || boot.equals(link.boot);
    }
  }

  /// The address of a host that is silent without a word, to be asked whether the machine answers.
  Optional<InetAddress> silentAddress(String hostId) {
    Link link = link(hostId);
    synchronized (link) {
      Sender sender = link.sender;
      if (sender == null || link.stopped) {
        return Optional.empty();
      }
      boolean silent = nanos.getAsLong() - link.lastNanos > silentAfterNanos(link);
      return silent ? Optional.of(sender.address()) : Optional.empty();
    }
  }

  /// Notes whether a silent machine answers.
  void probed(String hostId, boolean answers) {
    Link link = link(hostId);
    synchronized (link) {
      link.answers = answers;
    }
  }

  /// The hosts whose agents came since the hub's start, by their ids.
  Set<String> hosts() {
    return Set.copyOf(links.keySet());
  }

  /// How a host's link is.
  public View view(String hostId) {
    Link link = link(hostId);
    synchronized (link) {
      Sender sender = link.sender;
      String clone = link.cloneAddress;
      return new View(
          state(link),
          sender == null ? "" : sender.address().getHostAddress(),
          sender == null ? null : Long.valueOf(link.lastMillis),
          sender == null ? null : sender.version(),
          link.offsetMillis,
          sender == null ? 0 : sender.dropped(),
          link.refusedSamples,
          nanos.getAsLong() - link.refusedNanos < REFUSAL_SHOWN.toNanos() ? link.refusal : "",
          link.outage,
          clone,
          clone == null ? null : Long.valueOf(link.cloneMillis));
    }
  }

  private State state(Link link) {
    if (link.stopped) {
      return State.STOPPED;
    }
    if (link.sender == null) {
      return State.WAITING;
    }
    if (nanos.getAsLong() - link.lastNanos > silentAfterNanos(link)) {
      Boolean answers = link.answers;
      return answers == null ? State.SILENT : answers ? State.AGENT_DOWN : State.UNREACHABLE;
    }
    return link.lagMillis > 3 * link.periodMillis + 1_000 ? State.CATCHING_UP : State.CONNECTED;
  }
}
