package io.evenkeel.agent.collect.cgroup;

import io.evenkeel.agent.collect.SmallFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds containers' names in the files that their engines keep, without asking an engine over its
/// socket (which would be as good as root). Most of these files only root may read; without the
/// right there is no name.
final class ContainerNames {
  private static final long MOST_BYTES = 4L << 20;
  private static final Pattern DOCKER_NAME = Pattern.compile("\"Name\":\"/([^\"\\\\]{1,128})\"");

  private final Path docker;
  private final Path podman;
  private final Path kubelet;

  ContainerNames(Path root) {
    docker = root.resolve("var/lib/docker/containers");
    podman = root.resolve("var/lib/containers/storage/overlay-containers/containers.json");
    kubelet = root.resolve("var/log/containers");
  }

  /// @param kubernetes whether the container belongs to a pod: its name is then that of its log
  /// @param id the 64 hexadecimal digits
  Optional<String> name(String engine, boolean kubernetes, String id) {
    try {
      if (kubernetes) {
        return ofPod(id);
      }
      return switch (engine) {
        case "docker" -> first(DOCKER_NAME, docker.resolve(id).resolve("config.v2.json"));
        case "podman" ->
            first(
                Pattern.compile("\"id\":\"" + id + "\",\"names\":\\[\"([^\"\\\\]{1,128})\""),
                podman);
        default -> Optional.empty();
      };
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> first(Pattern pattern, Path file) throws IOException {
    if (!Files.isReadable(file) || Files.size(file) > MOST_BYTES) {
      return Optional.empty();
    }
    Matcher found = pattern.matcher(Files.readString(file));
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  /// The kubelet links each container's log as `pod_namespace_container-id.log`.
  private Optional<String> ofPod(String id) throws IOException {
    String ending = "-" + id + ".log";
    for (Path log : SmallFiles.entries(kubelet, "")) {
      String name = SmallFiles.nameOf(log);
      if (name.endsWith(ending)) {
        String[] parts = name.substring(0, name.length() - ending.length()).split("_", -1);
        return parts.length == 3
            ? Optional.of(parts[1] + "/" + parts[0] + "/" + parts[2])
            : Optional.empty();
      }
    }
    return Optional.empty();
  }
}
