package io.evenkeel.agent.collect.cgroup;

import io.evenkeel.agent.collect.SmallFiles;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Says by a control group's path which container or systemd unit lives in it.
///
/// A container is `engine:name`, or `engine:` and the first twelve digits of its id where its name
/// is not to be found in files. A login is its user's slice, because sessions come and go by the
/// thousand (every cron job is one). Used by one thread; remembers what it found.
public final class UnitNames {
  private static final int MOST_REMEMBERED = 1_024;
  private static final Pattern CONTAINER =
      Pattern.compile("(?:(.*?)[-:])?([0-9a-f]{64})(?:\\.scope)?");
  private static final Pattern USER = Pattern.compile("/user\\.slice/(user-\\d+\\.slice)(?:/.*)?");
  private static final Pattern SYSTEM_CONTAINER =
      Pattern.compile(
          "(?:^|.*/)(?:lxc\\.payload\\.([^/]+)|lxc/([^/]+)|machine-([^/]+)\\.scope)(?:/.*)?");
  private static final List<String> SUFFIXES =
      List.of(".service", ".scope", ".socket", ".mount", ".swap");

  private final ContainerNames containers;
  private final Map<String, Optional<String>> remembered = new HashMap<>();

  /// @param root the folder under which `proc`, `sys` and `var` lie
  public UnitNames(Path root) {
    containers = new ContainerNames(root);
  }

  /// The unit of a path such as `/system.slice/ssh.service`; empty for the root and for slices.
  public Optional<String> of(String path) {
    Optional<String> known = remembered.get(path);
    if (known == null) {
      known = find(path);
      if (remembered.size() >= MOST_REMEMBERED) {
        remembered.clear();
      }
      remembered.put(path, known);
    }
    return known;
  }

  private Optional<String> find(String path) {
    String[] parts = path.split("/", -1);
    for (String part : parts) {
      Matcher container = CONTAINER.matcher(part);
      if (container.matches()) {
        String prefix = container.group(1) == null ? "" : container.group(1);
        return Optional.of(container(path, prefix, container.group(2)));
      }
    }
    Matcher system = SYSTEM_CONTAINER.matcher(path);
    if (system.matches()) {
      return Optional.of(
          system.group(3) != null
              ? "machine:" + system.group(3)
              : "lxc:" + (system.group(1) != null ? system.group(1) : system.group(2)));
    }
    Matcher user = USER.matcher(path);
    if (user.matches()) {
      return Optional.of(user.group(1));
    }
    for (String part : parts) {
      if (SmallFiles.endsWithAny(part, SUFFIXES)) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }

  private String container(String path, String prefix, String id) {
    String engine = engine(path, prefix);
    boolean kubernetes = path.contains("kubepods");
    return engine + ":" + containers.name(engine, kubernetes, id).orElse(id.substring(0, 12));
  }

  /// The engine by the words that each puts into its groups' names.
  private static String engine(String path, String prefix) {
    if (prefix.endsWith("conmon")) {
      return "conmon";
    }
    String words = prefix.isEmpty() ? path : prefix;
    if (words.contains("libpod")) {
      return "podman";
    }
    if (words.contains("crio")) {
      return "crio";
    }
    if (words.contains("containerd")) {
      return "containerd";
    }
    if (words.contains("docker")) {
      return "docker";
    }
    return words.contains("kubepods") ? "kubernetes" : "container";
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
      String path = line.substring(second + 1);
      int own = path.equals("/") ? 0 : rank(line.substring(first + 1, second));
      if (own > rank) {
        rank = own;
        best = path;
      }
    }
    return best;
  }

  private static int rank(String controllers) {
    if (controllers.isEmpty()) {
      return 4;
    }
    if (controllers.contains("name=systemd")) {
      return 3;
    }
    return controllers.contains("memory") ? 2 : 1;
  }
}
