package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.CollapsedStacks;
import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.ProfileNote.Code;
import io.evenkeel.model.profile.RecordedProfile.MemoryPoint;
import io.evenkeel.model.profile.RecordedProfile.ValueUnit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Watches how the memory of a process grows: its resident set each second, its proportional share
/// (PSS, Documentation/filesystems/proc.rst) as often as reading it costs little, and at the end
/// which mappings hold how much. Reads files only; the process notices nothing.
final class MemoryRecorder implements Recorder {
  private static final Pattern HEADER =
      Pattern.compile("[0-9a-f]+-[0-9a-f]+ \\S+ \\S+ \\S+ \\d+ *(.*)");
  private static final Pattern SIZE = Pattern.compile("(\\w+): +(\\d+) kB");
  private static final long KIB = 1_024;
  private static final int SHARE = 50;

  private final Run run;
  private final LongSupplier nanos;
  private final List<MemoryPoint> points = new ArrayList<>();
  private long begunNanos;
  private long shareAgainNanos;
  private boolean sharesKnown = true;
  private byte[] stacks = new CollapsedStacks().packed();

  MemoryRecorder(Run run, LongSupplier nanos) {
    this.run = run;
    this.nanos = nanos;
  }

  @Override
  public String engine() {
    return "proc";
  }

  @Override
  public ValueUnit unit() {
    return ValueUnit.BYTES;
  }

  @Override
  public long periodNanos() {
    return 0;
  }

  @Override
  public void start() throws IOException {
    begunNanos = nanos.getAsLong();
    shareAgainNanos = begunNanos;
    var unused = point();
    mappings();
  }

  @Override
  public boolean tick() throws IOException {
    if (!run.target().isAlive() || !point()) {
      return false;
    }
    return true;
  }

  /// The reads are the agent's own work, a few milliseconds a second at most.
  @Override
  public OptionalDouble ownCpuSeconds() {
    return OptionalDouble.empty();
  }

  /// Notes the sizes of now; false when the process has ended.
  private boolean point() throws IOException {
    Path folder = run.target().folder();
    OptionalLong resident = size(folder.resolve("status"), "VmRSS");
    if (resident.isEmpty()) {
      return false;
    }
    long now = nanos.getAsLong();
    OptionalLong share = OptionalLong.empty();
    if (sharesKnown && now >= shareAgainNanos) {
      share = size(folder.resolve("smaps_rollup"), "Pss");
      sharesKnown = share.isPresent();
      // Walking the page tables of a large process takes time: never more than a fiftieth of it.
      shareAgainNanos = nanos.getAsLong() + SHARE * (nanos.getAsLong() - now);
    }
    points.add(new MemoryPoint((now - begunNanos) / 1_000_000, resident.getAsLong(), share));
    return true;
  }

  private static OptionalLong size(Path file, String name) {
    try {
      for (String line : Files.readAllLines(file)) {
        Matcher size = SIZE.matcher(line.replace('\t', ' '));
        if (size.matches() && size.group(1).equals(name)) {
          return OptionalLong.of(KIB * Long.parseLong(size.group(2)));
        }
      }
    } catch (IOException e) {
      // It ended, or its owner keeps it to itself: there is no number then.
      return OptionalLong.empty();
    }
    return OptionalLong.empty();
  }

  @Override
  public Gathered stop() throws IOException {
    if (run.target().isAlive()) {
      mappings();
    }
    return new Gathered(
        stacks, sharesKnown ? List.of() : List.of(new ProfileNote(Code.NO_SHARES)), points);
  }

  private void mappings() throws IOException {
    Path folder = run.target().folder();
    CollapsedStacks found = new CollapsedStacks();
    try {
      bytesByMapping(Files.readAllLines(folder.resolve("smaps"))).forEach(found::add);
    } catch (IOException e) {
      sharesKnown = false;
      for (String part : List.of("RssAnon", "RssFile", "RssShmem")) {
        size(folder.resolve("status"), part).ifPresent(bytes -> found.add(part, bytes));
      }
    }
    if (found.total() > 0) {
      var unused = found.mergeRare();
      stacks = found.packed();
    }
  }

  /// The proportional size of each mapping, under what kind it is.
  static Map<String, Long> bytesByMapping(List<String> smaps) {
    Map<String, Long> bytes = new TreeMap<>();
    String mapping = "";
    for (String line : smaps) {
      Matcher header = HEADER.matcher(line);
      Matcher size = SIZE.matcher(line);
      if (header.matches()) {
        mapping = stack(header.group(1).strip());
      } else if (size.matches() && size.group(1).equals("Pss")) {
        bytes.merge(mapping, KIB * Long.parseLong(size.group(2)), Long::sum);
      }
    }
    return bytes;
  }

  private static String stack(String name) {
    if (name.isEmpty()) {
      return "anonymous;unnamed";
    }
    if (name.startsWith("[")) {
      return "anonymous;" + CollapsedStacks.frame(name);
    }
    if (name.startsWith("/dev/shm/") || name.startsWith("/SYSV") || name.startsWith("/memfd:")) {
      return "shared memory;" + CollapsedStacks.frame(name);
    }
    return (name.contains(".so") ? "libraries;" : "files;") + CollapsedStacks.frame(name);
  }

  @Override
  public void abandon() {
    // Nothing was started that could stay.
  }
}
