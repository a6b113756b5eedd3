package io.evenkeel.model.profile;

import io.evenkeel.model.command.ProfileKind;
import io.evenkeel.model.link.LinkMessage;
import io.evenkeel.model.link.LinkMessageException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// A profile as it was recorded: what is known about the run, and the stacks.
///
/// As bytes it is a [LinkMessage], an empty line, and [CollapsedStacks] packed by gzip.
///
/// @param id the order's that asked for it
/// @param engine what recorded it: `jfr`, `async-profiler`, `perf`, `proc`
/// @param comm the kernel's name of the process
/// @param beganAtMillis the agent's clock, epoch milliseconds
/// @param unit what the numbers of the stacks are
/// @param periodNanos how far apart samples are; 0 when the numbers are no samples
/// @param targetCpuSeconds what the process used meanwhile
/// @param ownCpuSeconds what recording used meanwhile, in the process and beside it; empty when it
///   cannot be told apart
/// @param foldCpuSeconds what putting the stacks together used afterwards; empty when not known
/// @param memory the process's memory through the run, for [ProfileKind#MEMORY]
/// @param packed [CollapsedStacks#packed]
public record RecordedProfile(
    String id,
    ProfileKind kind,
    String engine,
    int pid,
    String comm,
    long beganAtMillis,
    long lengthMillis,
    ValueUnit unit,
    long periodNanos,
    double targetCpuSeconds,
    OptionalDouble ownCpuSeconds,
    OptionalDouble foldCpuSeconds,
    List<ProfileNote> notes,
    List<MemoryPoint> memory,
    byte[] packed)
    implements ProfileReport {
  /// The largest profile that travels.
  public static final int MOST_BYTES = 4 << 20;

  private static final int MOST_POINTS = 1_000;
  private static final String FIRST = "profile";
  private static final String VERSION = "1";

  /// What a stack's number is.
  public enum ValueUnit {
    SAMPLES,
    BYTES,
    NANOSECONDS;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The memory of a process at one moment.
  ///
  /// @param offsetMillis since the beginning of the run
  /// @param residentBytes its resident set
  /// @param proportionalBytes its own share of what it shares with others (PSS); empty when it was
  ///   not read at this moment
  public record MemoryPoint(
      long offsetMillis, long residentBytes, OptionalLong proportionalBytes) {}

  public RecordedProfile {
    notes = List.copyOf(notes);
    memory = List.copyOf(memory);
    packed = packed.clone();
  }

  @Override
  public byte[] packed() {
    return packed.clone();
  }

  /// The profile as it travels and is kept.
  @Override
  public byte[] bytes() {
    LinkMessage.Builder head =
        new LinkMessage.Builder()
            .add(FIRST, VERSION)
            .add("id", id)
            .add("kind", kind.word())
            .add("engine", engine)
            .add("pid", Integer.toString(pid))
            .add("comm", comm.replaceAll("\\p{Cntrl}", "?"))
            .add("began", Long.toString(beganAtMillis))
            .add("length", Long.toString(lengthMillis))
            .add("unit", unit.word())
            .add("period", Long.toString(periodNanos))
            .add("target-cpu", Double.toString(targetCpuSeconds));
    ownCpuSeconds.ifPresent(seconds -> head.add("own-cpu", Double.toString(seconds)));
    foldCpuSeconds.ifPresent(seconds -> head.add("fold-cpu", Double.toString(seconds)));
    notes.forEach(note -> head.add("note", note.text()));
    for (MemoryPoint point : memory) {
      OptionalLong share = point.proportionalBytes;
      head.add(
          "memory",
          point.offsetMillis
              + " "
              + point.residentBytes
              + (share.isPresent() ? " " + share.getAsLong() : ""));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.build().bytes());
    bytes.write('\n');
    bytes.writeBytes(packed);
    return bytes.toByteArray();
  }

  /// Reads what [#bytes] wrote. The stacks stay packed: [CollapsedStacks#unpack] checks them.
  ///
  /// @throws ProfileFormatException when it is no profile
  public static RecordedProfile parse(byte[] bytes) throws ProfileFormatException {
    int end = 0;
    while (end + 1 < bytes.length && !(bytes[end] == '\n' && bytes[end + 1] == '\n')) {
      end++;
    }
    if (bytes.length > MOST_BYTES || end + 1 >= bytes.length) {
      throw new ProfileFormatException("the profile is cut off or longer than " + MOST_BYTES);
    }
    byte[] packed = Arrays.copyOfRange(bytes, end + 2, bytes.length);
    try {
      LinkMessage head = LinkMessage.parse(new String(bytes, 0, end + 1, StandardCharsets.UTF_8));
      if (!head.needed(FIRST).equals(VERSION)) {
        throw new ProfileFormatException(
            "this is version " + head.needed(FIRST) + " of the format; this reads " + VERSION);
      }
      List<MemoryPoint> points = new ArrayList<>();
      for (String point : head.values("memory")) {
        points.add(point(point));
      }
      if (points.size() > MOST_POINTS) {
        throw new ProfileFormatException("more than " + MOST_POINTS + " points of memory");
      }
      return new RecordedProfile(
          head.needed("id"),
          ProfileKind.of(head.needed("kind")),
          head.needed("engine"),
          Integer.parseInt(head.needed("pid")),
          head.value("comm").orElse(""),
          Long.parseLong(head.needed("began")),
          Long.parseLong(head.needed("length")),
          ValueUnit.valueOf(head.needed("unit").toUpperCase(Locale.ROOT)),
          Long.parseLong(head.needed("period")),
          Double.parseDouble(head.needed("target-cpu")),
          seconds(head, "own-cpu"),
          seconds(head, "fold-cpu"),
          head.values("note").stream().map(ProfileNote::parse).toList(),
          points,
          packed);
    } catch (LinkMessageException | IllegalArgumentException e) {
      throw new ProfileFormatException("the profile cannot be read: " + e.getMessage());
    }
  }

  private static OptionalDouble seconds(LinkMessage head, String key) {
    return head.value(key)
        .map(text -> OptionalDouble.of(Double.parseDouble(text)))
        .orElse(OptionalDouble.empty());
  }

  private static MemoryPoint point(String text) throws ProfileFormatException {
    String[] words = text.split(" ", -1);
    if (words.length < 2 || words.length > 3) {
      throw new ProfileFormatException("not a point of memory: '" + text + "'");
    }
    return new MemoryPoint(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        words.length == 3 ? OptionalLong.of(Long.parseLong(words[2])) : OptionalLong.empty());
  }
}
