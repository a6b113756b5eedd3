package io.evenkeel.hub.api;

import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.OutputStream;

/// The body of an answer that goes on; a caller who went away is an IOException, whatever the
/// server calls it.
final class AnswerStream extends OutputStream {
  private final OutputStream body;

  AnswerStream(OutputStream body) {
    this.body = body;
  }

  private interface Write {
    void run() throws IOException;
  }

  private static void told(Write write) throws IOException {
    try {
      write.run();
    } catch (ServerConnectionException e) {
      throw new IOException("the caller went away", e);
    }
  }

  @Override
  public void write(int b) throws IOException {
    told(() -> body.write(b));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    told(() -> body.write(bytes, offset, length));
  }

  @Override
  public void flush() throws IOException {
    told(body::flush);
  }

  @Override
  public void close() throws IOException {
    told(body::close);
  }
}
