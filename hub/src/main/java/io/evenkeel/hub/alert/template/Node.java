package io.evenkeel.hub.alert.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of a read template.
sealed interface Node {
  record Text(String text) implements Node {}

  /// @param variable set to the pipeline's value instead of printing it, or null
  record Action(Pipeline pipeline, @Nullable String variable) implements Node {}

  record If(Pipeline condition, List<Node> then, List<Node> otherwise) implements Node {}

  record With(Pipeline value, @Nullable String variable, List<Node> then, List<Node> otherwise)
      implements Node {}

  record Range(
      Pipeline over,
      @Nullable String key,
      @Nullable String variable,
      List<Node> body,
      List<Node> otherwise)
      implements Node {}

  /// Commands, the value of each being the last argument of the next.
  record Pipeline(List<Command> commands) {}

  /// A function with arguments, or a single operand.
  record Command(List<Operand> words) {}

  /// What a command is made of.
  sealed interface Operand {
    record Literal(Object value) implements Operand {}

    record Function(String name) implements Operand {}

    /// @param variable the name with its dollar sign, or an empty text for the dot
    record Path(String variable, List<String> fields) implements Operand {}

    record Nested(Pipeline pipeline, List<String> fields) implements Operand {}
  }
}
