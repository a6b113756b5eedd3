package io.evenkeel.agent.tuner;

import io.evenkeel.agent.tune.TuningOrders;
import io.evenkeel.agent.tune.TuningPolicy;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.TuningAnswer;
import io.evenkeel.model.command.TuningCommand;
import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The agent's way to the tuner: each order is one connection to its socket, which starts it where
/// it does not run.
///
/// The hub asks every minute how a server stands. So that this does not start the tuner each time,
/// its last word is repeated while nothing can have changed it: no order since, no open change, the
/// policy file the same. Where a change was kept, it is asked again after some minutes, because
/// somebody else may have turned that knob since.
///
/// Thread-safe: one order at a time. Closing it leaves open changes to the tuner, which puts them
/// back when their leases end.
public final class TunerClient implements TuningOrders {
  /// systemd may take 10 s over one property.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration DRIFT_PATIENCE = Duration.ofMinutes(10);
  private static final int LONGEST_ANSWER = 64 << 10;

  private final Path socket;
  private final Path policy;
  private final LongSupplier nanos;
  private @Nullable Standing last;

  /// What the tuner said last of how this server stands.
  private record Standing(TuningStanding told, String policyMark, long nanos) {}

  /// @param socket the tuner's
  /// @param nanos a clock that no one sets
  public TunerClient(Path socket, LongSupplier nanos) {
    this(socket, TuningPolicy.FILE, nanos);
  }

  TunerClient(Path socket, Path policy, LongSupplier nanos) {
    this.socket = socket;
    this.policy = policy;
    this.nanos = nanos;
  }

  @Override
  public String problem() {
    return Files.exists(socket) ? "" : missing();
  }

  private String missing() {
    return Refusal.TUNER_MISSING.text(socket.toString());
  }

  @Override
  public synchronized CommandResult execute(CommandOrder order, TuningCommand command) {
    String mark = policyMark();
    if (!(command instanceof TuningCommand.Standing)) {
      last = null;
    } else if (last != null && holds(last, mark)) {
      return TuningAnswer.of(order.id(), last.told);
    }
    CommandResult result;
    try {
      result = CommandResult.parse(ask(new TunerMessage.Order(order)));
    } catch (IOException | IllegalArgumentException e) {
      String reason = Refusal.TUNER_SILENT.text(String.valueOf(e.getMessage()));
      return command instanceof TuningCommand.Standing
          ? TuningAnswer.of(order.id(), TuningStanding.without(reason))
          : TuningAnswer.of(order.id(), new TuningResult.Failed(reason));
    }
    if (command instanceof TuningCommand.Standing) {
      last = new Standing(TuningAnswer.standing(result), mark, nanos.getAsLong());
    }
    return result;
  }

  private boolean holds(Standing standing, String mark) {
    TuningStanding told = standing.told;
    boolean isFresh = nanos.getAsLong() - standing.nanos < DRIFT_PATIENCE.toNanos();
    return told.problem().isEmpty()
        && standing.policyMark.equals(mark)
        && told.changes().stream().allMatch(change -> change.kept() && isFresh);
  }

  /// What differs when the policy file was changed, whether or not this user may read it.
  private String policyMark() {
    try {
      return Files.readAttributes(policy, "unix:ino,ctime,size,mode,uid", LinkOption.NOFOLLOW_LINKS)
          .toString();
    } catch (IOException | UnsupportedOperationException e) {
      return e.getClass().getSimpleName();
    }
  }

  @Override
  public synchronized void notCarriedOut(String order, String reason) {
    try {
      var unused = ask(new TunerMessage.NotCarriedOut(order, reason));
    } catch (IOException e) {
      System.getLogger(TunerClient.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "a refused order could not be written down by the tuner: " + e.getMessage());
    }
  }

  /// A tuner that ends as the connection is made closes it unread: the next one takes it.
  private String ask(TunerMessage message) throws IOException {
    String answer = askOnce(message);
    if (answer.isEmpty()) {
      answer = askOnce(message);
    }
    if (answer.isEmpty()) {
      throw new IOException("it closed the connection");
    }
    return answer;
  }

  private String askOnce(TunerMessage message) throws IOException {
    if (Files.notExists(socket)) {
      throw new IOException(missing());
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      SocketLine.write(channel, message.text());
      return SocketLine.read(channel, LONGEST_ANSWER, PATIENCE);
    }
  }

  @Override
  public void close() {
    // Nothing of this process is held.
  }
}
