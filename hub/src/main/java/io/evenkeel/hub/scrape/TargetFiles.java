package io.evenkeel.hub.scrape;

import io.evenkeel.hub.yaml.YamlDocument;
import io.evenkeel.hub.yaml.YamlFields;
import io.evenkeel.hub.yaml.YamlProblem;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Files of targets, as Prometheus's `file_sd_configs` names them: YAML or JSON lists of targets
/// and labels. The last part of a name may hold `*`.
///
/// @param patterns absolute or from the settings file's folder
public record TargetFiles(List<Path> patterns) {
  private static final long MOST_BYTES = 3 << 20;

  public TargetFiles {
    patterns = List.copyOf(patterns);
  }

  /// A file's targets, or why they cannot be read.
  sealed interface Content {
    /// Its groups, each with the label `__meta_filepath`.
    record Groups(List<TargetGroup> groups) implements Content {}

    /// What is wrong: the targets that were read from the file before stay.
    record Unreadable(String problem) implements Content {}
  }

  /// The files that are there now, each with a mark that changes when the file does.
  ///
  /// @throws IOException when a folder cannot be listed
  Map<Path, String> present() throws IOException {
    Map<Path, String> files = new TreeMap<>();
    for (Path pattern : patterns) {
      Path name = pattern.getFileName();
      Path folder = pattern.getParent();
      if (name == null || folder == null || !name.toString().contains("*")) {
        mark(pattern, files);
      } else if (Files.isDirectory(folder)) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, name.toString())) {
          for (Path file : found) {
            mark(file, files);
          }
        }
      }
    }
    return files;
  }

  private static void mark(Path file, Map<Path, String> into) throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      if (now.isRegularFile()) {
        into.put(file, now.lastModifiedTime() + " " + now.size() + " " + now.fileKey());
      }
    } catch (NoSuchFileException e) {
      // Not there, or just going away: it has no targets.
      into.remove(file);
    }
  }

  /// Reads one file.
  static Content read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        return new Content.Unreadable(file + ": larger than " + MOST_BYTES + " bytes");
      }
      List<TargetGroup> groups = new ArrayList<>();
      List<YamlProblem> problems =
          YamlDocument.readList(
              Files.readString(file),
              "a group of targets",
              group -> groups.add(withPath(file, group)));
      return problems.isEmpty()
          ? new Content.Groups(groups)
          : new Content.Unreadable(file + ":" + problems.getFirst());
    } catch (IOException e) {
      return new Content.Unreadable(file + ": cannot be read: " + e.getMessage());
    }
  }

  private static TargetGroup withPath(Path file, YamlFields fields) {
    TargetGroup group = ScrapeJobReader.targets(fields);
    Map<String, String> labels = new TreeMap<>(group.labels());
    labels.put("__meta_filepath", file.toString());
    return new TargetGroup(group.addresses(), labels);
  }
}
