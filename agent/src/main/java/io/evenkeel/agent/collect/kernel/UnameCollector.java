package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;

/// The kernel's identity, which boards hang their host selectors on.
public final class UnameCollector implements Collector {
  public UnameCollector(Surroundings surroundings) {
    java.util.Objects.requireNonNull(surroundings);
  }

  @Override
  public String name() {
    return "uname";
  }

  @Override
  public int seconds() {
    return 15;
  }

  @Override
  public void collect(Samples out) throws IOException {
    LibC.Uname uname = LibC.uname();
    out.gauge(
            "node_uname_info",
            "Labeled system information as provided by the uname system call.",
            "sysname",
            "release",
            "version",
            "machine",
            "nodename",
            "domainname")
        .set(
            1,
            uname.sysname(),
            uname.release(),
            uname.version(),
            uname.machine(),
            uname.nodename(),
            uname.domainname());
  }
}
