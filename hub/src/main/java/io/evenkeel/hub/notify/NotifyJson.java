package io.evenkeel.hub.notify;

import io.evenkeel.hub.notify.channel.Language;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.notify.channel.Recipient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the settings database keeps as JSON.
final class NotifyJson {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private NotifyJson() {}

  static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  static Map<String, String> texts(String json) {
    Map<String, String> texts = new LinkedHashMap<>();
    MAPPER.readTree(json).forEachEntry((key, value) -> texts.put(key, value.asString()));
    return texts;
  }

  static Notice notice(String json) {
    return MAPPER.readValue(json, Notice.class);
  }

  static String recipients(List<Recipient> recipients) {
    return write(
        recipients.stream()
            .map(one -> Map.of("address", one.address(), "language", one.language().code()))
            .toList());
  }

  static List<Recipient> recipients(String json) {
    List<Recipient> recipients = new ArrayList<>();
    for (JsonNode one : MAPPER.readTree(json)) {
      recipients.add(
          new Recipient(
              one.path("address").asString(""),
              Language.of(one.path("language").asString("")).orElse(Language.EN)));
    }
    return recipients;
  }
}
