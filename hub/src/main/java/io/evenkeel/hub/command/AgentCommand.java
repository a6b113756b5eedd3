package io.evenkeel.hub.command;

import io.evenkeel.agent.AgentMain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// Runs the agent alone. Its options are its own, so that it also starts without this command line
/// (`./evenkeel agent` does, for the memory's sake).
@Command(
    name = "agent",
    description = "Watch this machine for a hub elsewhere: --hub URL --token T.")
final class AgentCommand implements Callable<Integer> {
  @Unmatched private final List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws InterruptedException {
    AgentMain.main(arguments.toArray(new String[0]));
    return CommandLine.ExitCode.OK;
  }
}
