package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.hub.outgoing.HttpCall;
import java.net.URI;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON to and from services.
final class ServiceJson {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private ServiceJson() {}

  static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  static HttpCall post(URI uri, Map<String, String> headers, byte[] body) {
    return HttpCall.post(uri, headers, "application/json; charset=utf-8", body);
  }

  /// The answer as a tree; a missing one when it is no JSON.
  static JsonNode read(HttpAnswer answer) {
    try {
      JsonNode tree = MAPPER.readTree(answer.body());
      return tree == null ? MAPPER.missingNode() : tree;
    } catch (JacksonException e) {
      return MAPPER.missingNode();
    }
  }
}
