package io.evenkeel.model.profile;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Stacks with what was counted in each, in the 'collapsed' form that flame graph tools share
/// (Gregg, FlameGraph/stackcollapse): frames from the root to the leaf, apart by semicolons, a
/// space and a number. A frame's ending tells its kind: `_[j]` Java, `_[k]` kernel, `_[i]` a type
/// that was allocated; native code has none. Used by one thread.
public final class CollapsedStacks {
  /// The frame under which rare stacks are put together.
  public static final String OTHER = "[other]";

  /// The largest text that is unpacked.
  public static final int MOST_TEXT_BYTES = 32 << 20;

  private static final int MOST_STACKS = 50_000;
  private static final int LONGEST_FRAME = 512;
  private static final int LONGEST_LINE = 256 << 10;

  private final Map<String, Long> counts = new HashMap<>();

  /// Counts a stack.
  ///
  /// @param stack its frames by [#frame], root first, apart by semicolons
  public void add(String stack, long count) {
    if (!stack.isEmpty() && count > 0) {
      counts.merge(stack, count, Math::addExact);
    }
  }

  /// A name as a frame: without what separates frames, and not longer than a reader can use.
  public static String frame(String name) {
    String clean = name.replace(';', ':').replaceAll("\\p{Cntrl}", " ").strip();
    return clean.isEmpty()
        ? "[unknown]"
        : clean.length() > LONGEST_FRAME ? clean.substring(0, LONGEST_FRAME) : clean;
  }

  /// Puts the rarest stacks together until no more are left than are kept; answers how many.
  public int mergeRare() {
    int surplus = counts.size() - MOST_STACKS;
    if (surplus <= 0) {
      return 0;
    }
    List<Map.Entry<String, Long>> rare =
        counts.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry::getKey))
            .limit(surplus + 1L)
            .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
            .toList();
    long together = 0;
    for (Map.Entry<String, Long> entry : rare) {
      counts.remove(entry.getKey());
      together += entry.getValue();
    }
    add(OTHER, together);
    return rare.size();
  }

  /// The stacks and their counts.
  public Map<String, Long> counts() {
    return Map.copyOf(counts);
  }

  /// What was counted in all stacks.
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /// The text, the heaviest stack first, packed by gzip.
  public byte[] packed() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Writer out = new OutputStreamWriter(new GZIPOutputStream(bytes), StandardCharsets.UTF_8)) {
      out.write(text());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /// The text, the heaviest stack first.
  public String text() {
    StringBuilder text = new StringBuilder();
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry::getKey))
        .forEach(
            entry -> text.append(entry.getKey()).append(' ').append(entry.getValue()).append('\n'));
    return text.toString();
  }

  /// Reads packed text, counted while it is unpacked.
  ///
  /// @throws ProfileFormatException when it is not that, or beyond the limits
  public static CollapsedStacks unpack(byte[] packed) throws ProfileFormatException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      byte[] text = in.readNBytes(MOST_TEXT_BYTES + 1);
      if (text.length > MOST_TEXT_BYTES) {
        throw new ProfileFormatException(
            "the stacks are longer than " + MOST_TEXT_BYTES + " bytes");
      }
      return read(new ByteArrayInputStream(text));
    } catch (IOException e) {
      throw new ProfileFormatException("the stacks cannot be unpacked: " + e.getMessage());
    }
  }

  /// Reads text.
  ///
  /// @throws ProfileFormatException when a line is no stack
  public static CollapsedStacks read(InputStream in) throws IOException, ProfileFormatException {
    CollapsedStacks stacks = new CollapsedStacks();
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int space = line.lastIndexOf(' ');
      if (space < 1
          || line.length() > LONGEST_LINE
          || !line.substring(space + 1).matches("[0-9]{1,18}")) {
        throw new ProfileFormatException(
            "not a stack: '" + line.substring(0, Math.min(80, line.length())) + "'");
      }
      try {
        stacks.add(line.substring(0, space), Long.parseLong(line, space + 1, line.length(), 10));
      } catch (ArithmeticException e) {
        throw new ProfileFormatException("the counts are larger than can be");
      }
    }
    return stacks;
  }
}
