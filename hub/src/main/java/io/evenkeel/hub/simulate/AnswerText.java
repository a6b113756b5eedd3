package io.evenkeel.hub.simulate;

import io.evenkeel.hub.simulate.SimulatedAgent.Outcome.Answered;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the answers of a hub to remote write: HTTP/1.1 with a Content-Length.
final class AnswerText {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})");
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d{1,9})");
  private static final Pattern RETRY = Pattern.compile("(?i)\r\nretry-after: *(\\d{1,6})");

  private AnswerText() {}

  /// The answer that a buffer holds, null while it is not complete.
  ///
  /// @throws IOException when it is none, or too long for the buffer
  static @Nullable Answered parse(ByteBuffer received) throws IOException {
    String text = new String(received.array(), 0, received.position(), StandardCharsets.ISO_8859_1);
    int head = text.indexOf("\r\n\r\n");
    if (head < 0) {
      return incomplete(received);
    }
    Matcher status = STATUS.matcher(text);
    if (!status.lookingAt()) {
      throw new IOException("what answers is no hub: " + text.lines().findFirst().orElse(""));
    }
    Matcher length = LENGTH.matcher(text.substring(0, head));
    int body = length.find() ? Integer.parseInt(length.group(1)) : 0;
    if (text.length() < head + 4 + body) {
      return incomplete(received);
    }
    Matcher retry = RETRY.matcher(text.substring(0, head));
    return new Answered(
        Integer.parseInt(status.group(1)),
        retry.find() ? Duration.ofSeconds(Long.parseLong(retry.group(1))) : Duration.ZERO,
        text.substring(head + 4, head + 4 + body).strip());
  }

  private static @Nullable Answered incomplete(ByteBuffer received) throws IOException {
    if (!received.hasRemaining()) {
      throw new IOException("the hub's answer is too long");
    }
    return null;
  }
}
