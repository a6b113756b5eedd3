package io.evenkeel.hub.enrolment;

import io.evenkeel.hub.security.Outcome;
import java.util.List;
import java.util.Optional;

/// The port where agents come in, as far as people decide on it. Nothing listens there before an
/// administrator says so.
public interface AgentPort {
  /// Where it listens, such as `0.0.0.0:9596`; empty while it does not.
  Optional<String> listening();

  /// The port; 0 while it does not listen.
  int port();

  /// Names and addresses by which other servers may reach this machine, the likeliest first.
  List<String> names();

  /// Listens at an address from now on and after restarts.
  Outcome<String> listen(String address, String actor);
}
