package io.evenkeel.hub.rules;

import io.evenkeel.hub.yaml.YamlProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The rule files of a folder: every `*.yml` and `*.yaml` in it, in the order of their names.
///
/// @param files those that are in order
/// @param problems what is wrong with the others, `file:line:column: what`
public record RuleFolder(List<Text> files, List<String> problems) {
  public RuleFolder {
    files = List.copyOf(files);
    problems = List.copyOf(problems);
  }

  /// A rule file as it is written.
  public record Text(String name, String content) {}

  /// Reads a folder; one that is not there has no files.
  public static RuleFolder read(Path folder) {
    List<Text> texts = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Path path : files(folder)) {
      try {
        String content = Files.readString(path);
        RuleFile file = RuleFile.parse(content);
        for (YamlProblem problem : file.problems()) {
          problems.add(path + ":" + problem);
        }
        if (file.isValid()) {
          texts.add(new Text(path.getFileName().toString(), content));
        }
      } catch (CharacterCodingException e) {
        problems.add(path + ": not a UTF-8 text");
      } catch (IOException e) {
        problems.add(path + ": cannot be read: " + e.getMessage());
      }
    }
    return new RuleFolder(texts, problems);
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.toString().matches(".*\\.ya?ml")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the folder " + folder + " cannot be read", e);
    }
  }
}
