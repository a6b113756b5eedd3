package io.evenkeel.agent.collect.cgroup;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a control group's path says about who is in it.
public final class ControlGroups {
  private static final Pattern UNIT =
      Pattern.compile(".*/([^/]+\\.(?:service|scope|socket|mount|swap))(?:/.*)?");
  private static final Pattern CONTAINER =
      Pattern.compile(
          ".*?(docker|libpod|cri-containerd|crio|containerd|kubepods|lxc|nspawn)[^/]*?[-/:]([0-9a-f]{12})[0-9a-f]{52}(?:\\.scope)?(?:/.*)?");
  private static final Pattern LXC =
      Pattern.compile(
          ".*/(?:lxc(?:\\.payload)?[./]|machine\\.slice/machine-)([^/]+?)(?:\\.scope)?(?:/.*)?");

  private ControlGroups() {}

  /// The name of the container or systemd unit that a path belongs to, or nothing for the root and
  /// for slices.
  public static Optional<String> unit(String path) {
    Matcher container = CONTAINER.matcher(path);
    if (container.matches()) {
      return Optional.of(engine(container.group(1)) + ":" + container.group(2));
    }
    Matcher lxc = LXC.matcher(path);
    if (lxc.matches()) {
      return Optional.of("lxc:" + lxc.group(1));
    }
    Matcher unit = UNIT.matcher(path);
    return unit.matches() ? Optional.of(unit.group(1)) : Optional.empty();
  }

  private static String engine(String word) {
    return switch (word) {
      case "libpod" -> "podman";
      case "cri-containerd", "containerd", "kubepods" -> "containerd";
      default -> word;
    };
  }

  /// The path that matters in the text of `/proc/PID/cgroup`: the unified one, else that of
  /// systemd, memory or the processor's controller.
  public static String path(String text) {
    String best = "";
    int rank = 0;
    for (String line : text.split("\n", -1)) {
      int first = line.indexOf(':');
      int second = line.indexOf(':', first + 1);
      if (first < 0 || second < 0) {
        continue;
      }
      String controllers = line.substring(first + 1, second);
      String path = line.substring(second + 1);
      int own =
          path.equals("/")
              ? 0
              : controllers.isEmpty()
                  ? 4
                  : controllers.contains("name=systemd")
                      ? 3
                      : controllers.contains("memory") ? 2 : 1;
      if (own > rank) {
        rank = own;
        best = path;
      }
    }
    return best;
  }
}
