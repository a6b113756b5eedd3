package io.evenkeel.hub.alert.template;

import io.evenkeel.hub.alert.template.Node.Command;
import io.evenkeel.hub.alert.template.Node.Operand;
import io.evenkeel.hub.alert.template.Node.Pipeline;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a template's text. Used once.
final class TemplateReader {
  private static final int DEEPEST = 20;

  private final String text;
  private int at;
  private int depth;

  /// How a list of nodes ended.
  private String ending = "";

  TemplateReader(String text) {
    this.text = text;
  }

  List<Node> read() {
    List<Node> nodes = nodes();
    if (!ending.isEmpty()) {
      throw problem("'{{" + ending + "}}' without a beginning");
    }
    return nodes;
  }

  private TemplateException problem(String message) {
    return new TemplateException("template: " + message + " at position " + at);
  }

  private List<Node> nodes() {
    if (++depth > DEEPEST) {
      throw problem("nested too deeply");
    }
    List<Node> nodes = new ArrayList<>();
    ending = "";
    boolean trim = false;
    while (true) {
      int open = text.indexOf("{{", at);
      String plain = text.substring(at, open < 0 ? text.length() : open);
      plain = trim ? plain.stripLeading() : plain;
      if (open < 0) {
        at = text.length();
        nodes.add(new Node.Text(plain));
        depth--;
        return nodes;
      }
      at = open + 2;
      if (text.startsWith("- ", at)) {
        at++;
        plain = plain.stripTrailing();
      }
      nodes.add(new Node.Text(plain));
      if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at);
        at = end < 0 ? text.length() : end + 2;
        trim = close();
        continue;
      }
      String word = keyword();
      switch (word) {
        case "end" -> {
          close();
          ending = "end";
          depth--;
          return nodes;
        }
        case "else" -> {
          ending = "else";
          depth--;
          return nodes;
        }
        case "if" -> {
          Pipeline condition = pipeline();
          close();
          nodes.add(branches(condition));
        }
        case "with" -> nodes.add(with());
        case "range" -> nodes.add(range());
        case "define", "template", "block", "break", "continue" ->
            throw problem("'" + word + "' is not supported");
        default -> {
          String variable = assigned();
          nodes.add(new Node.Action(pipeline(), variable));
          trim = close();
          continue;
        }
      }
      // The blocks end with their own brackets.
      trim = lastTrim;
    }
  }

  private boolean lastTrim;

  private Node branches(Pipeline condition) {
    List<Node> then = nodes();
    List<Node> otherwise = List.of();
    if (ending.equals("else")) {
      spaces();
      if (text.startsWith("if", at)) {
        at += 2;
        Pipeline next = pipeline();
        close();
        return new Node.If(condition, then, List.of(branches(next)));
      }
      close();
      otherwise = nodes();
    }
    requireEnd();
    return new Node.If(condition, then, otherwise);
  }

  private Node with() {
    String variable = assigned();
    Pipeline value = pipeline();
    close();
    List<Node> then = nodes();
    List<Node> otherwise = otherwise();
    return new Node.With(value, variable, then, otherwise);
  }

  private Node range() {
    String key = null;
    String variable = null;
    int from = at;
    spaces();
    if (at < text.length() && text.charAt(at) == '$') {
      String first = word();
      spaces();
      if (text.startsWith(",", at)) {
        at++;
        spaces();
        key = first;
        variable = word();
      } else {
        variable = first;
      }
      spaces();
      if (text.startsWith(":=", at)) {
        at += 2;
      } else {
        at = from;
        key = null;
        variable = null;
      }
    }
    Pipeline over = pipeline();
    close();
    List<Node> body = nodes();
    return new Node.Range(over, key, variable, body, otherwise());
  }

  private List<Node> otherwise() {
    List<Node> otherwise = List.of();
    if (ending.equals("else")) {
      close();
      otherwise = nodes();
    }
    requireEnd();
    return otherwise;
  }

  private void requireEnd() {
    if (!ending.equals("end")) {
      throw problem("'{{end}}' is missing");
    }
    ending = "";
  }

  /// `$name :=` or `$name =`, when that stands here.
  private @Nullable String assigned() {
    int from = at;
    spaces();
    if (at < text.length() && text.charAt(at) == '$') {
      String name = word();
      spaces();
      if (text.startsWith(":=", at)) {
        at += 2;
        return name;
      }
      if (text.startsWith("=", at)) {
        at++;
        return name;
      }
    }
    at = from;
    return null;
  }

  /// Ends an action; answers whether the text behind it is to be trimmed.
  private boolean close() {
    spaces();
    boolean trim = text.startsWith("-}}", at);
    at += trim ? 1 : 0;
    if (!text.startsWith("}}", at)) {
      throw problem(
          at >= text.length() ? "'}}' is missing" : "unexpected '" + text.charAt(at) + "'");
    }
    at += 2;
    lastTrim = trim;
    return trim;
  }

  private void spaces() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  /// A word of the language; an empty text, and nothing read, when none stands here.
  private String keyword() {
    int from = at;
    String word = word();
    if (word.startsWith("$")) {
      at = from;
      return "";
    }
    return word;
  }

  /// A word of the language or a variable's name; else an empty text, and nothing read.
  private String word() {
    int from = at;
    spaces();
    int begin = at;
    if (at < text.length() && text.charAt(at) == '$') {
      at++;
    }
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    String word = text.substring(begin, at);
    boolean keyword =
        List.of(
                "end",
                "else",
                "if",
                "with",
                "range",
                "define",
                "template",
                "block",
                "break",
                "continue")
            .contains(word);
    if (!keyword && !word.startsWith("$")) {
      at = from;
      return "";
    }
    return word;
  }

  private static boolean isNamePart(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private Pipeline pipeline() {
    if (++depth > DEEPEST) {
      throw problem("nested too deeply");
    }
    List<Command> commands = new ArrayList<>();
    do {
      commands.add(command());
      spaces();
    } while (next('|'));
    depth--;
    return new Pipeline(commands);
  }

  private boolean next(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private Command command() {
    List<Operand> words = new ArrayList<>();
    while (true) {
      spaces();
      if (at >= text.length()) {
        throw problem("'}}' is missing");
      }
      char c = text.charAt(at);
      if (c == '|' || c == ')' || c == '}' || text.startsWith("-}}", at)) {
        break;
      }
      words.add(operand(c));
    }
    if (words.isEmpty()) {
      throw problem("a value is missing");
    }
    return new Command(words);
  }

  private Operand operand(char c) {
    if (c == '"') {
      return new Operand.Literal(quoted());
    }
    if (c == '`') {
      int end = text.indexOf('`', at + 1);
      if (end < 0) {
        throw problem("unterminated raw string");
      }
      String raw = text.substring(at + 1, end);
      at = end + 1;
      return new Operand.Literal(raw);
    }
    if (c == '(') {
      at++;
      Pipeline nested = pipeline();
      spaces();
      if (!next(')')) {
        throw problem("')' is missing");
      }
      return new Operand.Nested(nested, fields());
    }
    if (c == '$') {
      int from = at++;
      while (at < text.length() && isNamePart(text.charAt(at))) {
        at++;
      }
      return new Operand.Path(text.substring(from, at), fields());
    }
    if (c == '.') {
      if (at + 1 < text.length()
          && isNamePart(text.charAt(at + 1))
          && !Character.isDigit(text.charAt(at + 1))) {
        return new Operand.Path("", fields());
      }
      if (at + 1 >= text.length() || !Character.isDigit(text.charAt(at + 1))) {
        at++;
        return new Operand.Path("", List.of());
      }
    }
    if (c == '-' || c == '+' || c == '.' || Character.isDigit(c)) {
      return new Operand.Literal(number());
    }
    int from = at;
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    String name = text.substring(from, at);
    return switch (name) {
      case "" -> throw problem("unexpected '" + c + "'");
      case "true" -> new Operand.Literal(true);
      case "false" -> new Operand.Literal(false);
      default -> {
        if (!TemplateFunctions.NAMES.contains(name)) {
          throw problem("function \"" + name + "\" not defined");
        }
        yield new Operand.Function(name);
      }
    };
  }

  private List<String> fields() {
    List<String> fields = new ArrayList<>();
    while (at + 1 < text.length() && text.charAt(at) == '.' && isNamePart(text.charAt(at + 1))) {
      int from = ++at;
      while (at < text.length() && isNamePart(text.charAt(at))) {
        at++;
      }
      fields.add(text.substring(from, at));
    }
    return fields;
  }

  private Double number() {
    int from = at++;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    try {
      return Double.valueOf(text.substring(from, at));
    } catch (NumberFormatException e) {
      throw problem("'" + text.substring(from, at) + "' is not a number");
    }
  }

  private String quoted() {
    StringBuilder out = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return out.toString();
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
        out.append(
            switch (text.charAt(at)) {
              case 'n' -> '\n';
              case 't' -> '\t';
              case 'r' -> '\r';
              default -> text.charAt(at);
            });
      } else {
        out.append(c);
      }
    }
    throw problem("unterminated quoted string");
  }
}
