package io.evenkeel.gateway.proxy;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/// An answer that the gateway gives itself.
///
/// @param status its status
/// @param why a sentence for its reader
/// @param retryAfterSeconds when it is worth asking again; 0 says nothing
record Refusal(HttpResponseStatus status, String why, int retryAfterSeconds) {
  static Refusal of(int status, String why) {
    return new Refusal(HttpResponseStatus.valueOf(status), why, 0);
  }

  /// Nothing can take the request now.
  static Refusal unavailable(String why) {
    return new Refusal(HttpResponseStatus.SERVICE_UNAVAILABLE, why, 1);
  }

  byte[] body() {
    return (status.code() + " " + status.reasonPhrase() + ": " + why + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
