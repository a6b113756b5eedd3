package io.evenkeel.agent.tune;

import io.evenkeel.agent.tune.service.ServiceFile;
import io.evenkeel.model.tune.Place;
import io.evenkeel.model.tune.TuningAction;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/// Finds the knobs of this server.
///
/// @param root `/`, or a tree that a test made; files of services are where the policy says
/// @param policy what the server's policy says now
/// @param owner the user, beside root, that files and programs of services may belong to
record Knobs(Path root, Supplier<TuningPolicy> policy, int owner) {
  /// The knob that an action turns.
  ///
  /// @param target passed [Place#objection]
  /// @throws KnobException when this machine has no such thing
  Knob find(TuningAction action, String target) throws KnobException {
    return switch (action.place()) {
      case Place.Sysctl(String twin) ->
          twin.isEmpty()
              ? sysctl(action.name())
              : new TwinKnob(sysctl(action.name()), sysctl(twin));
      case Place.SysFile(String path) -> new FileKnob(root.resolve("sys").resolve(path));
      case Place.BlockQueue(String file) ->
          new FileKnob(root.resolve("sys/block").resolve(target).resolve("queue").resolve(file));
      case Place.CpuFrequency(String file) ->
          new FileKnob(
              root.resolve("sys/devices/system/cpu")
                  .resolve(target)
                  .resolve("cpufreq")
                  .resolve(file));
      case Place.ReceiveQueue(String file) ->
          new MaskKnob(
              new FileKnob(
                  root.resolve("sys/class/net")
                      .resolve(target)
                      .resolve("queues/rx-0")
                      .resolve(file)));
      case Place.UnitProperty(Place.Group group) ->
          GroupKnob.find(root, group, target, action.name());
      case Place.ProcessProperty(Place.Trait trait) -> ProcessKnob.of(root, target, trait);
      case Place.Directive directive -> new DirectiveKnob(service(directive, target), directive);
    };
  }

  private ServiceFile service(Place.Directive directive, String target) throws KnobException {
    TuningPolicy now = policy.get();
    for (ServiceFile service : now.services()) {
      if (service.name().equals(target) && service.service() == directive.service()) {
        return service;
      }
    }
    throw new KnobException(
        "this server's policy names no "
            + directive.service().name().toLowerCase(Locale.ROOT)
            + " service '"
            + target
            + "'"
            + (now.reason().isEmpty() ? "" : ": " + now.reason()));
  }

  /// The knob of a change, also when the policy says nothing of it any more.
  ///
  /// @param before its snapshot before it was turned
  Knob turned(TuningAction action, String target, String before) throws KnobException {
    return action.place() instanceof Place.Directive directive
        ? new DirectiveKnob(ServiceFile.of(before, directive.service(), owner), directive)
        : find(action, target);
  }

  /// Puts back what outlives the thing that has the knob: systemd keeps a unit's properties while
  /// the unit is stopped. A process takes its own along.
  ///
  /// @throws KnobException when it cannot be put back
  void restoreGone(TuningAction action, String target, String before) throws KnobException {
    if (action.place() instanceof Place.UnitProperty) {
      GroupKnob.restoreStopped(root, target, action.name(), before);
    }
  }

  private FileKnob sysctl(String name) {
    return new FileKnob(root.resolve("proc/sys").resolve(name.replace('.', '/')));
  }

  /// The processes with a name, as targets of the actions that turn a process's knobs.
  ///
  /// @throws IOException when they cannot be listed
  List<String> processesNamed(String comm) throws IOException {
    Path proc = root.resolve("proc");
    List<String> targets = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(proc, "[1-9]*")) {
      for (Path folder : folders) {
        try {
          int pid = Integer.parseInt(folder.getFileName().toString());
          if (Files.readString(folder.resolve("comm")).strip().equals(comm)) {
            targets.add(pid + "@" + ProcessKnob.startTicks(proc, pid));
          }
        } catch (NumberFormatException | IOException e) {
          // No process, or one that has ended since.
          continue;
        }
      }
    }
    return targets;
  }
}
