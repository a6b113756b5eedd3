package io.evenkeel.bench.load;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Pages that `bench/record.sh` kept, as decimal numbers: per series one whole number and a count
/// of decimal places for each page.
///
/// @param series the series of the first page
/// @param pages how many pages there are
public record Recording(List<RecordedSeries> series, int pages) {
  private static final int MOST_PLACES = 12;

  /// One series of the pages.
  ///
  /// @param name the metric
  /// @param labels alternating names and values, without the metric's name
  /// @param counter whether the pages say that it is one (a histogram's and a summary's counts are)
  /// @param places how many decimal places the numbers have
  /// @param unit what all its numbers are multiples of, at least 1
  /// @param numbers its value on each page, without the point; [#MISSING] where it is not there
  public record RecordedSeries(
      String name, List<String> labels, boolean counter, int places, long unit, long[] numbers) {
    /// Stands for a page without the series.
    public static final long MISSING = Long.MIN_VALUE;

    /// Whether the value changes at all.
    public boolean varies() {
      return Arrays.stream(numbers).distinct().count() > 1;
    }
  }

  /// Reads all pages of a directory, in the order of their names.
  public static Recording read(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(directory)) {
      files = entries.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
    List<String> identities = new ArrayList<>();
    Map<String, BigDecimal[]> values = new HashMap<>();
    Set<String> counters = new HashSet<>();
    int page = 0;
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      if (lines.isEmpty()) {
        continue;
      }
      for (String line : lines) {
        if (line.startsWith("# TYPE ")) {
          String[] words = line.split(" ", -1);
          if (!words[3].equals("gauge") && !words[3].equals("untyped")) {
            counters.add(words[2]);
          }
        } else if (!line.startsWith("#")) {
          int space = line.lastIndexOf(' ');
          String identity = line.substring(0, space);
          if (page == 0) {
            identities.add(identity);
            values.put(identity, new BigDecimal[files.size()]);
          }
          BigDecimal[] row = values.get(identity);
          if (row != null) {
            row[page] = number(line.substring(space + 1));
          }
        }
      }
      page++;
    }
    List<RecordedSeries> series = new ArrayList<>();
    for (String identity : identities) {
      series.add(series(identity, Arrays.copyOf(values.get(identity), page), counters));
    }
    return new Recording(series, page);
  }

  private static BigDecimal number(String text) {
    return text.matches("[-+0-9.eE]+")
        ? new BigDecimal(text).stripTrailingZeros()
        : BigDecimal.ZERO;
  }

  private static RecordedSeries series(String identity, BigDecimal[] values, Set<String> counters) {
    int brace = identity.indexOf('{');
    String name = brace < 0 ? identity : identity.substring(0, brace);
    List<String> labels = new ArrayList<>();
    if (brace >= 0) {
      String inside = identity.substring(brace + 1, identity.length() - 1);
      int at = 0;
      while (at < inside.length()) {
        int equals = inside.indexOf("=\"", at);
        int end = inside.indexOf('"', equals + 2);
        labels.add(inside.substring(at, equals));
        labels.add(inside.substring(equals + 2, end));
        at = end + 2;
      }
    }
    int places = 0;
    for (BigDecimal value : values) {
      places = value == null ? places : Math.max(places, Math.min(MOST_PLACES, value.scale()));
    }
    long[] numbers = new long[values.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          values[i] == null
              ? RecordedSeries.MISSING
              : values[i].movePointRight(places).toBigInteger().longValue();
    }
    String family = name.replaceFirst("_(count|sum|bucket)$", "");
    boolean counter =
        counters.contains(name) || (counters.contains(family) && !name.equals(family));
    return new RecordedSeries(name, List.copyOf(labels), counter, places, unit(numbers), numbers);
  }

  private static long unit(long[] numbers) {
    BigInteger unit = BigInteger.ZERO;
    for (long number : numbers) {
      if (number != RecordedSeries.MISSING) {
        unit = unit.gcd(BigInteger.valueOf(number));
      }
    }
    return Math.max(1, unit.longValue());
  }
}
