package io.evenkeel.agent.probe;

import com.google.re2j.Pattern;
import io.evenkeel.agent.probe.ProbeFailure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Connects to a port, and has a short talk with what listens there if one is wanted. Safe for use
/// by many threads.
final class TcpProbe {
  private static final int MOST_BYTES = 16 << 10;

  private final TlsProbe tls;

  TcpProbe(TlsProbe tls) {
    this.tls = tls;
  }

  void run(Check.Tcp check, Attempt attempt) throws ProbeFailedException {
    attempt.sample("probe_failed_due_to_regex", 0);
    Socket plain = attempt.connect(attempt.resolve(check.host()), check.port());
    Socket socket =
        check.tls()
            ? tls.secure(attempt, plain, check.host(), check.port(), check.authorities())
            : plain;
    try {
      if (!check.send().isEmpty()) {
        String text = check.send().replace("\r\n", "\n").replace("\n", "\r\n");
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      }
      if (!check.expects().isEmpty()) {
        expect(check, socket, attempt);
      }
    } catch (IOException e) {
      throw attempt.failed(e);
    }
  }

  private static void expect(Check.Tcp check, Socket socket, Attempt attempt)
      throws ProbeFailedException, IOException {
    long begun = attempt.begin("answer");
    Pattern pattern = Pattern.compile(check.expects());
    InputStream in = socket.getInputStream();
    byte[] said = new byte[MOST_BYTES];
    int length = 0;
    boolean matches = false;
    while (!matches && length < said.length) {
      socket.setSoTimeout(attempt.leftMillis());
      int read = in.read(said, length, said.length - length);
      if (read < 0) {
        break;
      }
      length += read;
      String text = new String(said, 0, length, StandardCharsets.UTF_8);
      matches = pattern.matcher(text).find();
    }
    attempt.end("answer", begun);
    attempt.sample("probe_failed_due_to_regex", matches ? 0 : 1);
    if (!matches) {
      throw new ProbeFailedException(Kind.NOT_EXPECTED, check.expects());
    }
  }
}
