package io.evenkeel.agent.probe;

import java.net.Inet4Address;
import java.net.InetAddress;

/// Which of a name's addresses a probe takes.
public enum IpFamily {
  /// The first one that the system's resolver answers.
  ANY,
  V4,
  V6;

  boolean takes(InetAddress address) {
    return switch (this) {
      case ANY -> true;
      case V4 -> address instanceof Inet4Address;
      case V6 -> !(address instanceof Inet4Address);
    };
  }
}
