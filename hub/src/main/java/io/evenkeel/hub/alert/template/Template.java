package io.evenkeel.hub.alert.template;

import io.evenkeel.hub.alert.template.Node.Command;
import io.evenkeel.hub.alert.template.Node.Operand;
import io.evenkeel.hub.alert.template.Node.Pipeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A label's or annotation's text with places to fill, in Go's template language. Immutable.
///
/// Known are `$labels`, `$value`, `$externalLabels`, `$externalURL`, `if`, `else`, `with`, `range`,
/// variables, and the functions of [TemplateFunctions]. Work and output are bounded.
public final class Template {
  private static final int LONGEST_SOURCE = 64 << 10;
  private static final int LONGEST_OUTPUT = 8 << 10;
  private static final int MOST_STEPS = 10_000;

  private final List<Node> nodes;

  private Template(List<Node> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /// Reads a template.
  ///
  /// @throws TemplateException when it cannot be read
  public static Template parse(String text) {
    if (text.length() > LONGEST_SOURCE) {
      throw new TemplateException("template: longer than 64 KiB");
    }
    return new Template(new TemplateReader(text).read());
  }

  /// Fills the places. What goes wrong stands in the result, as in Prometheus.
  public String fill(
      Map<String, String> labels,
      double value,
      String externalUrl,
      Map<String, String> externalLabels,
      TemplateQueries queries) {
    if (nodes.size() == 1 && nodes.getFirst() instanceof Node.Text(String plain)) {
      return bounded(plain);
    }
    Run run = new Run(new TemplateFunctions(queries, externalUrl));
    run.variables.put("$labels", labels);
    run.variables.put("$value", value);
    run.variables.put("$externalLabels", externalLabels);
    run.variables.put("$externalURL", externalUrl);
    Map<String, Object> dot = Map.of("Labels", labels, "Value", value, "ExternalURL", externalUrl);
    run.variables.put("$", dot);
    try {
      run.all(nodes, dot);
      return bounded(run.out.toString());
    } catch (TemplateException e) {
      return "<error expanding template: " + e.getMessage() + ">";
    }
  }

  /// A text, as long as one may be that a template made.
  public static String bounded(String text) {
    return text.length() <= LONGEST_OUTPUT ? text : text.substring(0, LONGEST_OUTPUT) + "…";
  }

  private static final class Run {
    private final TemplateFunctions functions;
    private final Map<String, Object> variables = new HashMap<>();
    private final StringBuilder out = new StringBuilder();
    private int steps;

    Run(TemplateFunctions functions) {
      this.functions = functions;
    }

    void all(List<Node> nodes, Object dot) {
      for (Node node : nodes) {
        step();
        one(node, dot);
      }
    }

    private void step() {
      if (++steps > MOST_STEPS || out.length() > LONGEST_OUTPUT) {
        throw new TemplateException("the template works too long");
      }
    }

    private void one(Node node, Object dot) {
      switch (node) {
        case Node.Text(String text) -> out.append(text);
        case Node.Action(Pipeline pipeline, String variable) -> {
          Object value = value(pipeline, dot);
          if (variable == null) {
            out.append(TemplateFunctions.text(value));
          } else {
            variables.put(variable, value);
          }
        }
        case Node.If(Pipeline condition, List<Node> then, List<Node> otherwise) ->
            all(TemplateFunctions.isTrue(value(condition, dot)) ? then : otherwise, dot);
        case Node.With with -> {
          Object value = value(with.value(), dot);
          if (TemplateFunctions.isTrue(value)) {
            set(with.variable(), value);
            all(with.then(), value);
          } else {
            all(with.otherwise(), dot);
          }
        }
        case Node.Range range -> range(range, dot);
      }
    }

    private void range(Node.Range range, Object dot) {
      Object over = value(range.over(), dot);
      List<?> items = over instanceof Map<?, ?> map ? List.copyOf(map.entrySet()) : asList(over);
      if (items.isEmpty()) {
        all(range.otherwise(), dot);
      }
      for (int i = 0; i < items.size(); i++) {
        Object item = items.get(i);
        Object key = (double) i;
        if (item instanceof Map.Entry<?, ?> entry) {
          key = entry.getKey();
          item = entry.getValue();
        }
        set(range.key(), key);
        set(range.variable(), item);
        all(range.body(), item);
      }
    }

    private static List<?> asList(Object value) {
      if (value instanceof List<?> list) {
        return list;
      }
      throw new TemplateException("range can't iterate over " + TemplateFunctions.text(value));
    }

    private void set(@Nullable String variable, Object value) {
      if (variable != null) {
        variables.put(variable, value);
      }
    }

    private Object value(Pipeline pipeline, Object dot) {
      Object last = null;
      for (Command command : pipeline.commands()) {
        step();
        last = value(command, dot, last);
      }
      if (last == null) {
        throw new TemplateException("a value is missing");
      }
      return last;
    }

    private Object value(Command command, Object dot, @Nullable Object piped) {
      Operand first = command.words().getFirst();
      if (first instanceof Operand.Function(String name)) {
        List<Object> arguments = new ArrayList<>();
        for (Operand word : command.words().subList(1, command.words().size())) {
          arguments.add(value(word, dot));
        }
        if (piped != null) {
          arguments.add(piped);
        }
        return functions.call(name, arguments);
      }
      if (command.words().size() > 1 || piped != null) {
        throw new TemplateException("a value is no function");
      }
      return value(first, dot);
    }

    private Object value(Operand operand, Object dot) {
      return switch (operand) {
        case Operand.Literal(Object literal) -> literal;
        case Operand.Function(String name) -> functions.call(name, List.of());
        case Operand.Path(String variable, List<String> fields) -> {
          Object start = variable.isEmpty() ? dot : variables.get(variable);
          if (start == null) {
            throw new TemplateException("undefined variable \"" + variable + "\"");
          }
          yield walk(start, fields);
        }
        case Operand.Nested(Pipeline pipeline, List<String> fields) ->
            walk(value(pipeline, dot), fields);
      };
    }

    private static Object walk(Object from, List<String> fields) {
      Object value = from;
      for (String field : fields) {
        value = TemplateFunctions.field(value, field);
      }
      return value;
    }
  }
}
