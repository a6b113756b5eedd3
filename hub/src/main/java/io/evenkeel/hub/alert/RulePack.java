package io.evenkeel.hub.alert;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The rules that every hub starts with, from the product's own resources.
///
/// @param rules a rule file
/// @param texts annotations in both languages, by the alert's name: the rule file stays what
///   promtool's tests expect
public record RulePack(String rules, Map<String, Map<String, String>> texts) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public static RulePack load() {
    Map<String, Map<String, String>> texts = new LinkedHashMap<>();
    JSON.readTree(read("/rules/host-texts.json"))
        .forEachEntry((name, one) -> texts.put(name, AlertStore.texts(one.toString())));
    return new RulePack(read("/rules/host-rules.yml"), texts);
  }

  private static String read(String resource) {
    try (InputStream in = RulePack.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
