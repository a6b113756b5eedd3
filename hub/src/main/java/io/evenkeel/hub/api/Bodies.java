package io.evenkeel.hub.api;

import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/// Bodies of requests, counted while they are read.
final class Bodies {
  private Bodies() {}

  /// The whole body.
  ///
  /// @throws ApiException 413 when it is larger than `most` bytes, 400 when it is cut off
  static byte[] read(ServerRequest request, int most) {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (InputStream in = request.content().inputStream()) {
      byte[] portion = new byte[16 << 10];
      for (int read = in.read(portion); read >= 0; read = in.read(portion)) {
        if (body.size() + read > most) {
          throw ApiException.tooLarge("The body is larger than " + most + " bytes.");
        }
        body.write(portion, 0, read);
      }
    } catch (IOException e) {
      throw ApiException.badRequest("The body was cut off: " + e.getMessage());
    }
    return body.toByteArray();
  }
}
