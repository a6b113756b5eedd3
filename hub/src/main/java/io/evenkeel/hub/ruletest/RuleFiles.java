package io.evenkeel.hub.ruletest;

import io.evenkeel.hub.rules.RuleFile;
import io.evenkeel.hub.rules.RuleGroup;
import io.evenkeel.hub.yaml.YamlProblem;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The rule files that a test file names, read.
///
/// @param groups their groups, with the file that each stands in
/// @param warnings patterns that no file matches
/// @param problems what is wrong with the files
record RuleFiles(List<GroupOfFile> groups, List<String> warnings, List<String> problems) {

  record GroupOfFile(String file, RuleGroup group) {}

  /// Reads them; a name that is not absolute counts from a folder, and its last part may be a
  /// pattern such as `*.yml`.
  static RuleFiles read(List<String> names, Path folder) {
    List<GroupOfFile> groups = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String name : names) {
      Path path = folder.resolve(name);
      List<Path> found = matching(path, problems);
      if (found.isEmpty()) {
        warnings.add("no file match pattern " + path);
      }
      for (Path one : found) {
        read(one, groups, problems);
      }
    }
    return new RuleFiles(groups, warnings, problems);
  }

  private static List<Path> matching(Path pattern, List<String> problems) {
    Path folder = pattern.getParent();
    Path last = pattern.getFileName();
    List<Path> found = new ArrayList<>();
    if (Files.isRegularFile(pattern)) {
      found.add(pattern);
    } else if (last != null && Files.isDirectory(folder == null ? Path.of("") : folder)) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(folder == null ? Path.of("") : folder, last.toString())) {
        files.forEach(found::add);
      } catch (IOException e) {
        problems.add(pattern + ": cannot be read: " + e.getMessage());
      }
    }
    return found.stream().sorted().toList();
  }

  private static void read(Path path, List<GroupOfFile> groups, List<String> problems) {
    try {
      RuleFile file = RuleFile.parse(Files.readString(path));
      for (YamlProblem problem : file.problems()) {
        problems.add(path + ":" + problem);
      }
      file.groups().forEach(group -> groups.add(new GroupOfFile(path.toString(), group)));
    } catch (IOException e) {
      problems.add(path + ": cannot be read: " + e.getMessage());
    }
  }
}
