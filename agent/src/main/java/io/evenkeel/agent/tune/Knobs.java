package io.evenkeel.agent.tune;

import io.evenkeel.agent.tune.service.ServiceFile;
import io.evenkeel.model.tune.Place;
import io.evenkeel.model.tune.TuningAction;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
      case Place.ProcessProperty(Place.Trait trait) -> {
        ProcessKnob process = process(target, trait);
        yield trait == Place.Trait.OPEN_FILES ? WorkersKnob.around(process) : process;
      }
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
    return switch (action.place()) {
      case Place.Directive directive ->
          new DirectiveKnob(ServiceFile.of(before, directive.service(), owner), directive);
      case Place.ProcessProperty(Place.Trait trait) when trait == Place.Trait.OPEN_FILES ->
          WorkersKnob.turned(process(target, trait), before);
      case Place other -> find(action, target);
    };
  }

  private ProcessKnob process(String target, Place.Trait trait) {
    return ProcessKnob.in(root.resolve("proc"), target, trait);
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

  /// The processes with a name, as targets of the actions that turn a process's knobs; the one that
  /// is nearest to its limit of open files is the first.
  ///
  /// @throws IOException when they cannot be listed
  List<String> processesNamed(String comm) throws IOException {
    Path proc = root.resolve("proc");
    Map<String, Double> targets = new HashMap<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(proc, "[1-9]*")) {
      for (Path folder : folders) {
        try {
          int pid = Integer.parseInt(folder.getFileName().toString());
          if (Files.readString(folder.resolve("comm")).strip().equals(comm)) {
            targets.put(pid + "@" + ProcessKnob.startTicks(proc, pid), filesOfLimit(folder, pid));
          }
        } catch (NumberFormatException | IOException e) {
          // No process, or one that has ended since.
          continue;
        }
      }
    }
    return targets.entrySet().stream()
        .sorted(
            Map.Entry.<String, Double>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey)
        .toList();
  }

  /// Which share of the files that it may open a process has open; 0 when that is not told.
  private static double filesOfLimit(Path process, int pid) {
    try (Stream<Path> open = Files.list(process.resolve("fd"))) {
      long most = ProcessCalls.limit(pid, ProcessCalls.RLIMIT_NOFILE).soft();
      return most > 0 ? (double) open.count() / most : 0;
    } catch (IOException | KnobException e) {
      // Another user's, or one that has ended since.
      return 0;
    }
  }
}
