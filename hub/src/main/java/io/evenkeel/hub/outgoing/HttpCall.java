package io.evenkeel.hub.outgoing;

import java.net.URI;
import java.util.Map;

/// One request to a web service.
///
/// @param contentType of the body; empty for a request without one
public record HttpCall(
    String method, URI uri, Map<String, String> headers, String contentType, byte[] body) {
  public HttpCall {
    headers = Map.copyOf(headers);
  }

  public static HttpCall get(URI uri, Map<String, String> headers) {
    return new HttpCall("GET", uri, headers, "", new byte[0]);
  }

  public static HttpCall post(
      URI uri, Map<String, String> headers, String contentType, byte[] body) {
    return new HttpCall("POST", uri, headers, contentType, body);
  }
}
