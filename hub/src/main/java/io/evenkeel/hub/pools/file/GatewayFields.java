package io.evenkeel.hub.pools.file;

import io.evenkeel.hub.yaml.YamlFields;
import io.evenkeel.hub.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// The fields of one mapping of a gateway's file as values of their types: what is wrong becomes a
/// problem, and reading goes on with the usual value. Used by one thread.
final class GatewayFields {
  private final YamlFields fields;
  private final String what;

  /// @param what the mapping is, for messages
  GatewayFields(YamlFields fields, String what) {
    this.fields = fields;
    this.what = what;
  }

  boolean has(String field) {
    return fields.has(field);
  }

  /// The line of a field's value, from 1; of the mapping when it is not there.
  int line(String field) {
    return has(field)
        ? fields.scalar(field).map(YamlScalar::line).orElse(fields.line())
        : fields.line();
  }

  /// Notes a problem of the mapping as a whole.
  void problem(String message) {
    fields.problem(message);
  }

  /// Notes a problem of a field.
  void problemOf(String field, String message) {
    fields.problemOf(field, message);
  }

  /// A value; the usual one when it is missing or wrong.
  <T> T value(String field, T usual, Function<String, Optional<T>> parse, String expected) {
    return optional(field, parse, expected).orElse(usual);
  }

  /// A value that must be there; nothing, and a problem, when it is not.
  <T> Optional<T> required(String field, Function<String, Optional<T>> parse, String expected) {
    if (!has(field)) {
      problem(what + " needs '" + field + "': " + expected);
    }
    return optional(field, parse, expected);
  }

  /// A value that may be missing.
  <T> Optional<T> optional(String field, Function<String, Optional<T>> parse, String expected) {
    return fields.scalar(field).flatMap(value -> parsed(field, value, parse, expected));
  }

  /// A list of values.
  <T> List<T> values(String field, Function<String, Optional<T>> parse, String expected) {
    List<T> values = new ArrayList<>();
    for (YamlScalar value : fields.scalars(field)) {
      parsed(field, value, parse, expected).ifPresent(values::add);
    }
    return values;
  }

  private <T> Optional<T> parsed(
      String field, YamlScalar value, Function<String, Optional<T>> parse, String expected) {
    Optional<T> parsed = parse.apply(value.text().strip());
    if (parsed.isEmpty()) {
      fields.problem(
          value, 0, "'" + field + "' is '" + value.text() + "', which is not " + expected);
    }
    return parsed;
  }

  /// Shows each mapping of a list.
  ///
  /// @param each what one of them is, such as `a pool`
  void each(String field, String each, Consumer<GatewayFields> reader) {
    fields.each(field, each, inner -> reader.accept(new GatewayFields(inner, each)));
  }

  /// Reads a mapping within this one; the usual value when it is missing or wrong.
  <T> T group(String field, T usual, Function<GatewayFields, T> reader) {
    List<T> read = new ArrayList<>(1);
    String quoted = "'" + field + "'";
    fields.group(field, quoted, inner -> read.add(reader.apply(new GatewayFields(inner, quoted))));
    return read.isEmpty() ? usual : read.getFirst();
  }
}
