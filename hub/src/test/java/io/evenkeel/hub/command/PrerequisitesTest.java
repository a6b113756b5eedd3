package io.evenkeel.hub.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `scripts/prerequisites.sh` on systems that are simulated by what lies on the PATH.
class PrerequisitesTest {
  private static final Path SCRIPT =
      Path.of("..", "scripts", "prerequisites.sh").toAbsolutePath().normalize();
  private static final List<String> TOOLS = List.of("sed", "uname", "dirname", "readlink");

  @TempDir Path path;

  @BeforeEach
  void only_a_few_tools_are_there() throws IOException {
    assumeThat(Path.of("/bin/bash")).as("bash").exists();
    for (String tool : TOOLS) {
      for (String folder : new String[] {"/usr/bin", "/bin"}) {
        if (Files.exists(Path.of(folder, tool))) {
          provide(tool, "exec " + folder + "/" + tool + " \"$@\"");
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "dnf,    sudo dnf install -y java-25-openjdk-devel",
    "zypper, sudo zypper install -y java-25-openjdk-devel",
    "pacman, sudo pacman -S --noconfirm jdk-openjdk",
    "apk,    sudo apk add openjdk25",
    "brew,   brew install openjdk",
  })
  void a_missing_jdk_has_one_command_for_each_system(String manager, String command)
      throws Exception {
    provide(manager, "");
    // The standard folders of the machine that runs this test hold a JDK: none of them counts.
    assertThat(missing("feature_version() { :; }; need_jdk")).isEqualTo(command);
  }

  @ParameterizedTest
  @CsvSource({
    "dnf,    sudo dnf install -y maven",
    "zypper, sudo zypper install -y maven",
    "pacman, sudo pacman -S --noconfirm maven",
    "apk,    sudo apk add maven",
    "brew,   brew install maven",
  })
  void a_missing_maven_has_one_command_for_each_system(String manager, String command)
      throws Exception {
    provide(manager, "");
    assertThat(missing("need_maven")).isEqualTo(command);
  }

  @ParameterizedTest
  @CsvSource({
    "dnf,    sudo dnf install -y nodejs npm",
    "zypper, sudo zypper install -y nodejs22 npm22",
    "pacman, sudo pacman -S --noconfirm nodejs npm",
    "apk,    sudo apk add nodejs npm",
    "brew,   brew install node",
  })
  void a_missing_node_has_one_command_for_each_system(String manager, String command)
      throws Exception {
    provide(manager, "");
    assertThat(missing("need_node")).isEqualTo(command);
  }

  @Test
  void a_node_that_is_too_old_counts_as_missing() throws Exception {
    provide("apk", "");
    provide("node", "echo v18.19.0");
    provide("npm", "");
    assertThat(missing("need_node")).isEqualTo("sudo apk add nodejs npm");
  }

  @Test
  void what_debian_packages_in_time_comes_from_apt_the_rest_from_its_maker() throws Exception {
    provide("apt-get", "");
    provide("apt-cache", "echo '  Candidate: 1:20.19.4+dfsg'");
    assertThat(missing("need_node")).isEqualTo("sudo apt-get install -y nodejs npm");
    provide("apt-cache", "echo '  Candidate: 18.19.0'");
    assertThat(missing("need_node")).startsWith("curl -fsSL https://nodejs.org/dist/");
    provide("apt-cache", "echo '  Candidate: (none)'");
    assertThat(missing("feature_version() { :; }; need_jdk"))
        .contains("curl -fsSL https://api.adoptium.net/");
  }

  /// Puts a command on the PATH.
  private void provide(String name, String script) throws IOException {
    Path file = path.resolve(name);
    Files.writeString(file, "#!/bin/bash\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /// Runs a check as `./evenkeel` does and answers the command that it says to run.
  private String missing(String check) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/bash", "-c", "set -euo pipefail; . '" + SCRIPT + "'; " + check + "; echo there");
    builder.environment().clear();
    builder.environment().put("PATH", path.toString());
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    List<String> lines = output.lines().toList();
    assertThat(process.exitValue()).as(output).isEqualTo(1);
    assertThat(lines).as(output).hasSize(3);
    assertThat(lines.get(0)).startsWith("Evenkeel needs ").endsWith(", which was not found.");
    return lines.get(2).strip();
  }
}
