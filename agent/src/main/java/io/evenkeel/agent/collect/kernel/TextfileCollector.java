package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `*.prom` files that the administrator's own scripts write, in the text exposition format.
public final class TextfileCollector implements Collector {
  private static final Pattern LINE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{([^}]*)})?\\s+(\\S+)\\s*");
  private static final Pattern LABEL =
      Pattern.compile("\\s*([a-zA-Z_]\\w*)\\s*=\\s*\"((?:[^\"\\\\]|\\\\.)*)\"\\s*,?");

  private final Optional<Path> folder;

  public TextfileCollector(Surroundings surroundings) {
    folder = surroundings.settings().textfiles();
  }

  @Override
  public String name() {
    return "textfile";
  }

  @Override
  public int seconds() {
    return 5;
  }

  @Override
  public void collect(Samples out) throws IOException {
    Path from =
        folder.orElseThrow(() ->
            new NotAvailableException(
                "no folder of text files is configured (collection.textfiles)"));
    List<String> broken = new ArrayList<>();
    for (Path file : SmallFiles.entries(from, "")) {
      String name = SmallFiles.nameOf(file);
      if (!name.endsWith(".prom")) {
        continue;
      }
      out.gauge(
              "node_textfile_mtime_seconds",
              "Unixtime mtime of textfiles successfully read.",
              "file")
          .set(Files.getLastModifiedTime(file).toMillis() / 1000.0, file.toString());
      int line = parse(Files.readAllLines(file), out);
      if (line > 0) {
        broken.add(name + " line " + line);
      }
    }
    out.gauge(
            "node_textfile_scrape_error",
            "1 if there was an error opening or reading a file, 0 otherwise")
        .set(broken.isEmpty() ? 0 : 1);
    if (!broken.isEmpty()) {
      throw new IOException("not in the text exposition format: " + String.join(", ", broken));
    }
  }

  /// Puts the samples and answers the number of the first line that is none, or 0.
  private static int parse(List<String> lines, Samples out) {
    int firstBroken = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#") && !put(line, out) && firstBroken == 0) {
        firstBroken = i + 1;
      }
    }
    return firstBroken;
  }

  private static boolean put(String line, Samples out) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      return false;
    }
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    String labels = parts.group(2) == null ? "" : parts.group(2);
    Matcher label = LABEL.matcher(labels);
    int end = 0;
    while (label.find() && label.start() == end) {
      names.add(label.group(1));
      values.add(label.group(2).replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\"));
      end = label.end();
    }
    double value;
    try {
      value =
          switch (parts.group(3)) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(parts.group(3));
          };
    } catch (NumberFormatException e) {
      return false;
    }
    if (end != labels.length()) {
      return false;
    }
    Samples.Family family =
        out.untyped(parts.group(1), "Metric read from a text file.", names.toArray(String[]::new));
    family.set(value, values.toArray(String[]::new));
    return true;
  }
}
