package io.evenkeel.hub.yaml;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Changes of a YAML text that a program makes for somebody: maps, lists and plain values only.
/// What is written anew has lost its comments.
public final class YamlEdit {
  private YamlEdit() {}

  /// A change of a list.
  public interface ListEdit {
    /// @return whether there was something to change
    boolean edit(List<Object> list);
  }

  /// Whether the text's mapping has a field; false for a text that is no mapping.
  public static boolean has(String text, String field) {
    try {
      return load(text) instanceof Map<?, ?> root && root.containsKey(field);
    } catch (YamlEngineException e) {
      return false;
    }
  }

  /// Changes a list inside one entry of a list.
  ///
  /// @param outer the field that is a list of mappings
  /// @param key the field of an entry that tells entries apart
  /// @param value what it is in the entry meant
  /// @param inner the entry's field that is the list to change
  /// @return the text anew; empty when there is no such entry or nothing to change
  public static Optional<String> inList(
      String text, String outer, String key, String value, String inner, ListEdit change) {
    if (!(load(text) instanceof Map<?, ?> root) || !(root.get(outer) instanceof List<?> entries)) {
      return Optional.empty();
    }
    for (Object entry : entries) {
      if (entry instanceof LinkedHashMap<?, ?> fields
          && value.equals(String.valueOf(fields.get(key)))
          && fields.get(inner) instanceof List<?> list) {
        @SuppressWarnings("unchecked") // a list that Load made holds objects
        List<Object> editable = (List<Object>) list;
        return change.edit(editable) ? Optional.of(dump(root)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static Object load(String text) {
    Object loaded = new Load(YamlDocument.SETTINGS).loadFromString(text);
    return loaded == null ? Map.of() : loaded;
  }

  private static String dump(Object root) {
    return new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build())
        .dumpToString(root);
  }
}
