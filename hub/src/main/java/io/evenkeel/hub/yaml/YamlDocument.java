package io.evenkeel.hub.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// One YAML text, read into nodes and never into objects: no type is chosen by the file. Text size,
/// depth and the use of aliases are bounded.
public final class YamlDocument {
  private static final int MOST_CHARACTERS = 3 << 20;
  private static final int MOST_ALIASES = 50;

  /// How every YAML text is read.
  static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setCodePointLimit(MOST_CHARACTERS)
          .setMaxAliasesForCollections(MOST_ALIASES)
          .setAllowRecursiveKeys(false)
          .build();

  private YamlDocument() {}

  /// Shows the fields of a text's mapping to a reader, and answers all problems in the order of the
  /// file: of the YAML itself, what the reader found, and the fields it did not ask for. An empty
  /// text is an empty mapping.
  public static List<YamlProblem> read(String text, Consumer<YamlFields> reader) {
    return compose(text, (root, problems) -> show(root, "the file", problems, reader));
  }

  /// Shows each mapping of a text that is a list of mappings to a reader; see [#read].
  ///
  /// @param each what one of them is, such as `a rule`
  public static List<YamlProblem> readList(String text, String each, Consumer<YamlFields> reader) {
    return compose(
        text,
        (root, problems) -> {
          if (root instanceof SequenceNode sequence) {
            sequence.getValue().forEach(item -> show(item, each, problems, reader));
          } else {
            problems.add(new YamlProblem(1, 1, "the file is expected as a list"));
          }
        });
  }

  private static void show(
      Node node, String what, List<YamlProblem> problems, Consumer<YamlFields> reader) {
    YamlFields.of(node, what, problems)
        .ifPresent(fields -> {
          reader.accept(fields);
          fields.refuseOthers();
        });
  }

  private static List<YamlProblem> compose(
      String text, BiConsumer<Node, List<YamlProblem>> reader) {
    List<YamlProblem> problems = new ArrayList<>();
    try {
      Optional<Node> root = new Compose(SETTINGS).composeString(text);
      root.ifPresent(node -> reader.accept(node, problems));
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark();
      problems.add(
          new YamlProblem(
              mark.map(Mark::getLine).orElse(0) + 1,
              mark.map(Mark::getColumn).orElse(0) + 1,
              "not valid YAML: " + e.getProblem()));
    } catch (YamlEngineException e) {
      problems.add(new YamlProblem(1, 1, "not valid YAML: " + firstLine(e)));
    }
    return problems.stream().sorted().distinct().toList();
  }

  private static String firstLine(YamlEngineException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("cannot be read");
  }
}
