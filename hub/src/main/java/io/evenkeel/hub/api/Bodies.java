package io.evenkeel.hub.api;

import io.evenkeel.model.Text;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Bodies of requests, counted while they are read.
final class Bodies {
  private static final int AT_ONCE = 256 << 10;
  private static final int PORTION = 16 << 10;

  private Bodies() {}

  /// The whole body.
  ///
  /// @throws ApiException 413 when it is larger than `most` bytes, 400 when it is cut off
  static byte[] read(ServerRequest request, int most) {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    // What is announced is not believed further than it has come.
    long announced = request.headers().contentLength().orElse(0);
    byte[] body = new byte[(int) Math.clamp(announced, 0, Math.min(most, AT_ONCE))];
    int size = 0;
    try (InputStream in = request.content().inputStream()) {
      while (true) {
        int read = in.readNBytes(body, size, body.length - size);
        size += read;
        if (size < body.length) {
          return Arrays.copyOf(body, size);
        }
        int next = in.read();
        if (next < 0) {
          return body;
        }
        if (size >= most) {
          throw ApiException.tooLarge(
              Text.of("The body is larger than " + most + " bytes.", "请求体超过 " + most + " 字节。"));
        }
        body = Arrays.copyOf(body, Math.min(most, Math.max(2 * size, PORTION)));
        body[size++] = (byte) next;
      }
    } catch (IOException e) {
      throw ApiException.badRequest(
          Text.of("The body was cut off: " + e.getMessage(), "请求体不完整：" + e.getMessage()));
    }
  }
}
