package io.evenkeel.hub.enrolment;

import io.evenkeel.agent.AgentMain;
import io.evenkeel.agent.AgentRehearsal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Makes the Java runtime that goes with an agent to servers of the hub's own kind: the modules it
/// needs, by `jlink` of the hub's JDK, and an archive of the classes that an agent loads, recorded
/// by a rehearsal on that very runtime. Without the archive every agent would keep those classes in
/// memory of its own: 15 MB more.
final class AgentRuntime {
  private static final System.Logger LOG = System.getLogger(AgentRuntime.class.getName());
  private static final String MODULES =
      "java.base,java.logging,java.management,jdk.management,jdk.net,jdk.unsupported,jdk.jcmd,jdk.jfr";

  /// In the order of the install script, which a class archive depends on.
  private static final List<String> JARS =
      List.of("agent.jar", "codec.jar", "model.jar", "dns.jar", "http.jar", "pattern.jar");

  private static final String REHEARSAL = AgentRehearsal.class.getName();
  private static final long LONGEST_SECONDS = 300;
  private static final int LONGEST_OUTPUT = 2_000;

  private AgentRuntime() {}

  /// Makes `runtime` and `agent.jsa` in a tree that has the agent's `agent.options` and its jars in
  /// `lib`. A class archive that cannot be made is told in the log: the agent runs without it.
  ///
  /// @param scratch a folder for what is not sent
  /// @throws IOException when no runtime can be made
  static void make(Path tree, Path scratch) throws IOException, InterruptedException {
    run(
        scratch,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
            "--add-modules",
            MODULES,
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--output",
            tree.resolve("runtime").toString()));
    Path rehearsal = Files.createTempDirectory(scratch, "rehearsal");
    Path classes = rehearsal.resolve("classes");
    try {
      List<String> rehearse = new ArrayList<>(java(tree, REHEARSAL, rehearsal.toString()));
      rehearse.addAll(
          java(
              tree,
              "-XX:DumpLoadedClassList=" + classes,
              AgentMain.class.getName(),
              "--state",
              rehearsal.toString()));
      run(scratch, rehearse);
      run(
          scratch,
          java(
              tree,
              "-Xshare:dump",
              "-XX:SharedClassListFile=" + classes,
              "-XX:SharedArchiveFile=" + tree.resolve("agent.jsa")));
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the agents that this hub sends run without a class archive, on some 15 MB more: "
              + e.getMessage());
    }
  }

  private static List<String> java(Path tree, String... more) {
    List<String> command = new ArrayList<>();
    command.add(tree.resolve("runtime/bin/java").toString());
    command.add("@" + tree.resolve("agent.options"));
    command.add("-cp");
    command.add(
        JARS.stream()
            .map(jar -> tree.resolve("lib").resolve(jar).toString())
            .collect(Collectors.joining(":")));
    command.addAll(List.of(more));
    return command;
  }

  /// Runs a program to its end.
  ///
  /// @throws IOException when it fails, with what it printed, or does not end within minutes
  static void run(Path scratch, List<String> command) throws IOException, InterruptedException {
    Path log = scratch.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(command.getFirst() + " did not end within 5 minutes");
    }
    if (process.exitValue() != 0) {
      String output = Files.readString(log).strip();
      throw new IOException(
          command.getFirst()
              + " failed: "
              + output.substring(0, Math.min(LONGEST_OUTPUT, output.length())));
    }
  }
}
