package io.evenkeel.model.link;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What hub and agent tell each other beside samples: lines of a key, a space and a value, in
/// UTF-8. Immutable.
///
/// A format of lines needs no JSON library in the agent. A reader passes over keys that it does not
/// know, so that a hub can say more to its older agents. An agent reads one each second, so there
/// are loops here and no streams.
public final class LinkMessage {
  /// The largest message in bytes.
  public static final int MOST_BYTES = 64 << 10;

  private static final int LONGEST_KEY = 40;

  private final List<Line> lines;

  /// One line.
  public record Line(String key, String value) {
    public Line {
      if (!isKey(key)) {
        throw new IllegalArgumentException("not a key of a message: '" + key + "'");
      }
      for (int i = 0; i < value.length(); i++) {
        if (value.charAt(i) < ' ' || value.charAt(i) == 127) {
          throw new IllegalArgumentException("the value of '" + key + "' has control characters");
        }
      }
    }
  }

  private LinkMessage(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  /// Collects the lines of a message. Used by one thread.
  public static final class Builder {
    private final List<Line> lines = new ArrayList<>();

    /// Adds a line.
    ///
    /// @throws IllegalArgumentException when the key or the value cannot stand in a line
    public Builder add(String key, String value) {
      lines.add(new Line(key, value));
      return this;
    }

    public LinkMessage build() {
      return new LinkMessage(lines);
    }
  }

  /// Reads a message.
  ///
  /// @throws LinkMessageException when it is none
  public static LinkMessage parse(String text) throws LinkMessageException {
    if (text.length() > MOST_BYTES) {
      throw new LinkMessageException("the message is longer than " + MOST_BYTES + " bytes");
    }
    List<Line> lines = new ArrayList<>();
    for (int from = 0; from < text.length(); ) {
      int end = text.indexOf('\n', from);
      if (end < 0) {
        throw new LinkMessageException("the message is cut off in line " + (lines.size() + 1));
      }
      int space = text.indexOf(' ', from);
      if (space < 0 || space > end) {
        throw new LinkMessageException("line " + (lines.size() + 1) + " has no value");
      }
      try {
        lines.add(new Line(text.substring(from, space), text.substring(space + 1, end)));
      } catch (IllegalArgumentException e) {
        throw new LinkMessageException("line " + (lines.size() + 1) + ": " + e.getMessage());
      }
      from = end + 1;
    }
    return new LinkMessage(lines);
  }

  private static boolean isKey(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '-' && (c < 'a' || c > 'z')) {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= LONGEST_KEY;
  }

  /// The lines in their order.
  public List<Line> lines() {
    return lines;
  }

  /// The first value of a key.
  public Optional<String> value(String key) {
    for (Line line : lines) {
      if (line.key.equals(key)) {
        return Optional.of(line.value);
      }
    }
    return Optional.empty();
  }

  /// The first value of a key that has to be there.
  ///
  /// @throws LinkMessageException when it is not
  public String needed(String key) throws LinkMessageException {
    Optional<String> value = value(key);
    if (value.isEmpty()) {
      throw new LinkMessageException("the message has no '" + key + "'");
    }
    return value.get();
  }

  /// All values of a key.
  public List<String> values(String key) {
    List<String> values = new ArrayList<>();
    for (Line line : lines) {
      if (line.key.equals(key)) {
        values.add(line.value);
      }
    }
    return List.copyOf(values);
  }

  /// The message as it travels.
  public byte[] bytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      text.append(line.key).append(' ').append(line.value).append('\n');
    }
    return text.toString();
  }
}
