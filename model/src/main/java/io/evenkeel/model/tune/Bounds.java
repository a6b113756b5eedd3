package io.evenkeel.model.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which values a knob may be given. What was there before is no question of bounds: it is put back
/// as it was.
public sealed interface Bounds {
  /// A whole number.
  ///
  /// @param step of which the number is a multiple, because the kernel would round it otherwise
  record Whole(long least, long most, long step) implements Bounds {}

  /// One of a few words.
  record OneOf(List<String> words) implements Bounds {
    public OneOf {
      words = List.copyOf(words);
    }
  }

  /// A share of one processor: `150%`.
  record Percent(int least, int most) implements Bounds {}

  /// A first and a last port, at least 1,024 apart.
  record Ports(int least, int most) implements Bounds {}

  /// The smallest, the usual and the largest size of a buffer, each not above the next.
  record Buffers(long least, long most) implements Bounds {}

  /// A set of processors in hex, as `/sys` has it: `ff` or `1,ffffffff`.
  record CpuMask() implements Bounds {}

  /// A set of processors as a list: `0-3,6`.
  record CpuList() implements Bounds {}

  /// A size with its unit, as PostgreSQL writes one: `64MB`.
  ///
  /// @param leastKib in KiB
  record Size(long leastKib, long mostKib) implements Bounds {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})(kB|MB|GB)");

    /// The size in KiB; empty when the text is none.
    static OptionalLong kib(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        return OptionalLong.empty();
      }
      long number = Long.parseLong(matcher.group(1));
      return OptionalLong.of(
          switch (matcher.group(2)) {
            case "GB" -> number << 20;
            case "MB" -> number << 10;
            default -> number;
          });
    }

    private static String text(long kib) {
      return kib % 1024 == 0 ? kib / 1024 + "MB" : kib + "kB";
    }
  }

  /// The greatest number of processors that Linux knows (CONFIG_NR_CPUS).
  int MOST_CPUS = 8192;

  /// Why a value is not within the bounds; empty when it is.
  default Optional<String> objection(String value) {
    boolean within =
        switch (this) {
          case Whole(long least, long most, long step) -> {
            OptionalLong number = number(value);
            yield number.isPresent()
                && number.getAsLong() >= least
                && number.getAsLong() <= most
                && number.getAsLong() % step == 0;
          }
          case OneOf(List<String> words) -> words.contains(value);
          case Percent(int least, int most) ->
              value.endsWith("%")
                  && new Whole(least, most, 1)
                      .objection(value.substring(0, value.length() - 1))
                      .isEmpty();
          case Ports(int least, int most) -> {
            List<Long> ports = numbers(value, 2);
            yield !ports.isEmpty()
                && ports.getFirst() >= least
                && ports.getLast() <= most
                && ports.getLast() - ports.getFirst() >= 1024;
          }
          case Buffers(long least, long most) -> {
            List<Long> sizes = numbers(value, 3);
            yield !sizes.isEmpty()
                && sizes.get(0) >= least
                && sizes.get(0) <= sizes.get(1)
                && sizes.get(1) <= sizes.get(2)
                && sizes.get(2) <= most;
          }
          case Size(long leastKib, long mostKib) -> {
            OptionalLong kib = Size.kib(value);
            yield kib.isPresent() && kib.getAsLong() >= leastKib && kib.getAsLong() <= mostKib;
          }
          case CpuMask() -> value.matches("0|[1-9a-f][0-9a-f]{0,7}(,[0-9a-f]{8}){0,255}");
          case CpuList() -> isCpuList(value);
        };
    return within
        ? Optional.empty()
        : Optional.of("'" + value + "' is out of bounds: it takes " + describe());
  }

  /// These bounds drawn closer, as a server's own policy may do; empty when they are no numbers or
  /// sizes, or the words are no least and most within them.
  default Optional<Bounds> narrowed(String least, String most) {
    if (objection(least).isPresent() || objection(most).isPresent()) {
      return Optional.empty();
    }
    return switch (this) {
      case Whole(long from, long to, long step)
          when Long.parseLong(least) <= Long.parseLong(most) ->
          Optional.of(new Whole(Long.parseLong(least), Long.parseLong(most), step));
      case Size(long from, long to)
          when Size.kib(least).orElseThrow() <= Size.kib(most).orElseThrow() ->
          Optional.of(new Size(Size.kib(least).orElseThrow(), Size.kib(most).orElseThrow()));
      case Whole whole -> Optional.empty();
      case Size size -> Optional.empty();
      case OneOf words -> Optional.empty();
      case Percent percent -> Optional.empty();
      case Ports ports -> Optional.empty();
      case Buffers buffers -> Optional.empty();
      case CpuMask mask -> Optional.empty();
      case CpuList list -> Optional.empty();
    };
  }

  /// The bounds in words.
  default String describe() {
    return switch (this) {
      case Whole(long least, long most, long step) ->
          "a whole number from "
              + least
              + " to "
              + most
              + (step == 1 ? "" : ", a multiple of " + step);
      case OneOf(List<String> words) -> "one of " + String.join(", ", words);
      case Percent(int least, int most) -> least + "% to " + most + "%";
      case Ports(int least, int most) ->
          "a first and a last port from " + least + " to " + most + ", at least 1024 apart";
      case Buffers(long least, long most) ->
          "three sizes from " + least + " to " + most + ", each not above the next";
      case Size(long leastKib, long mostKib) ->
          "a size from " + Size.text(leastKib) + " to " + Size.text(mostKib) + ", in kB, MB or GB";
      case CpuMask() -> "a set of processors in hex";
      case CpuList() -> "a list of processors such as 0-3,6";
    };
  }

  private static OptionalLong number(String text) {
    return text.matches("-?(0|[1-9][0-9]{0,17})")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  private static List<Long> numbers(String text, int count) {
    List<Long> numbers = new ArrayList<>();
    for (String word : text.split(" ", -1)) {
      OptionalLong number = number(word);
      if (number.isEmpty()) {
        return List.of();
      }
      numbers.add(number.getAsLong());
    }
    return numbers.size() == count ? numbers : List.of();
  }

  private static boolean isCpuList(String text) {
    if (!text.matches("[0-9]{1,4}(-[0-9]{1,4})?(,[0-9]{1,4}(-[0-9]{1,4})?){0,255}")) {
      return false;
    }
    for (String part : text.split(",", -1)) {
      String[] ends = part.split("-", -1);
      int first = Integer.parseInt(ends[0]);
      int last = Integer.parseInt(ends[ends.length - 1]);
      if (first > last || last >= MOST_CPUS) {
        return false;
      }
    }
    return true;
  }
}
