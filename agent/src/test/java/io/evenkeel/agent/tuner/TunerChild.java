package io.evenkeel.agent.tuner;

import io.evenkeel.agent.tune.ExecutorOrders;
import io.evenkeel.agent.tune.StandingStill;
import io.evenkeel.agent.tune.TuningExecutor;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;

/// The tuner as a process of root that stands still at a step, until it is killed.
final class TunerChild {
  private TunerChild() {}

  /// @param arguments root, data, policy, its owner, step, socket, user
  public static void main(String[] arguments) throws Exception {
    TuningExecutor.Settings settings =
        new TuningExecutor.Settings(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Path.of(arguments[2]),
            Integer.parseInt(arguments[3]));
    UserPrincipal user =
        FileSystems.getDefault()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(arguments[6]);
    Path path = Path.of(arguments[5]);
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        ExecutorOrders orders = ExecutorOrders.of(StandingStill.executor(settings, arguments[4]))) {
      socket.bind(UnixDomainSocketAddress.of(path));
      Files.setOwner(path, user);
      System.out.println("listening");
      new TunerSocket(orders, user, Duration.ofMinutes(1), System::nanoTime)
          .serve(socket, Duration.ZERO);
    }
  }
}
