package io.evenkeel.model.link;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// A kept-alive HTTP/1.1 connection over which requests go to a hub, one after another.
///
/// `java.net.http` would add 10 MB to an agent. Over https the hub's certificate and name are
/// verified, at least TLS 1.2 is spoken, and there is no way to switch that off. An enrolled agent
/// trusts only its hub's own authority and speaks TLS 1.3. Used by one thread.
public final class HubConnection implements AutoCloseable {
  private static final int MOST_HEADER_BYTES = 16 << 10;
  private static final int MOST_BODY_BYTES = 1 << 20;
  private static final int KEPT_BYTES = 64 << 10;

  private final URI hub;
  private final String token;
  private final Duration timeout;
  private final SSLSocketFactory sockets;
  private final String[] protocols;
  private @Nullable Socket socket;
  private @Nullable Input in;
  private @Nullable OutputStream out;
  private ByteArrayOutputStream request = new ByteArrayOutputStream();

  /// What comes from the hub, read in pieces. A line is found in the piece: the streams of the JDK
  /// hand out bytes one by one under a lock.
  private static final class Input {
    private final InputStream from;
    private final byte[] piece = new byte[4_096];
    private int next;
    private int end;

    Input(InputStream from) {
      this.from = from;
    }

    String line(int[] left) throws IOException {
      StringBuilder line = new StringBuilder();
      while (true) {
        int begin = next;
        while (next < end && piece[next] != '\n') {
          next++;
        }
        left[0] -= next - begin;
        if (left[0] < 0) {
          throw new IOException("the hub's answer has too long headers");
        }
        line.append(new String(piece, begin, next - begin, StandardCharsets.ISO_8859_1));
        if (next < end) {
          next++;
          int length = line.length();
          boolean carriageReturn = length > 0 && line.charAt(length - 1) == '\r';
          return line.substring(0, carriageReturn ? length - 1 : length);
        }
        fill();
      }
    }

    private void fill() throws IOException {
      next = 0;
      end = Math.max(0, from.read(piece));
      if (end == 0) {
        throw new IOException("the hub closed the connection");
      }
    }

    byte[] exactly(long length) throws IOException {
      if (length < 0 || length > MOST_BODY_BYTES) {
        throw new IOException("the hub's answer of " + length + " bytes is too long");
      }
      byte[] bytes = new byte[(int) length];
      int had = Math.min(bytes.length, end - next);
      System.arraycopy(piece, next, bytes, 0, had);
      next += had;
      if (from.readNBytes(bytes, had, bytes.length - had) < bytes.length - had) {
        throw new IOException("the hub's answer was cut off");
      }
      return bytes;
    }
  }

  /// What a hub answered.
  ///
  /// @param retryAfterSeconds what its Retry-After header said; 0 when it had none
  public record Answer(int status, long retryAfterSeconds, String body) {
    /// Whether the request was taken.
    public boolean isTaken() {
      return status >= 200 && status < 300;
    }

    /// Whether the same request may be taken later.
    public boolean isWorthRetrying() {
      return status == 429 || status >= 500;
    }
  }

  /// @param hub the hub's address, http or https
  /// @param token the API token that goes with every request
  /// @param timeout for connecting, and for each read
  public HubConnection(URI hub, String token, Duration timeout) {
    this(
        hub,
        token,
        timeout,
        (SSLSocketFactory) SSLSocketFactory.getDefault(),
        new String[] {"TLSv1.3", "TLSv1.2"});
  }

  /// A connection of an enrolled agent, or of one that enrols: TLS 1.3 only, no API token.
  ///
  /// @param sockets makes TLS sockets that trust the hub's own authority
  public HubConnection(URI hub, Duration timeout, SSLSocketFactory sockets) {
    this(hub, "", timeout, sockets, new String[] {"TLSv1.3"});
  }

  private HubConnection(
      URI hub, String token, Duration timeout, SSLSocketFactory sockets, String[] protocols) {
    this.hub = hub;
    this.token = token;
    this.timeout = timeout;
    this.sockets = sockets;
    this.protocols = protocols;
  }

  /// Sends a request and waits for its answer. After an IOException the connection is closed; the
  /// next request opens a new one.
  public Answer post(String path, String headers, byte[] body, int length) throws IOException {
    try {
      OutputStream to = open();
      String head =
          "POST "
              + path
              + " HTTP/1.1\r\nHost: "
              + hub.getRawAuthority()
              + (token.isEmpty() ? "" : "\r\nAuthorization: Bearer " + token)
              + "\r\nContent-Length: "
              + length
              + "\r\n"
              + headers
              + "\r\n";
      // In one write, which is as few TLS records as may be.
      request.reset();
      request.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
      request.write(body, 0, length);
      request.writeTo(to);
      to.flush();
      if (request.size() > KEPT_BYTES) {
        request = new ByteArrayOutputStream();
      }
      return answer();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private OutputStream open() throws IOException {
    OutputStream existing = out;
    if (existing != null) {
      return existing;
    }
    boolean tls = "https".equals(hub.getScheme());
    int port = hub.getPort() >= 0 ? hub.getPort() : tls ? 443 : 80;
    Socket plain = new Socket();
    socket = plain;
    int millis = (int) timeout.toMillis();
    plain.connect(new InetSocketAddress(hub.getHost(), port), millis);
    plain.setSoTimeout(millis);
    plain.setTcpNoDelay(true);
    if (tls) {
      SSLSocket secure = (SSLSocket) sockets.createSocket(plain, hub.getHost(), port, true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setProtocols(protocols);
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      socket = secure;
    }
    Socket ready = socket;
    in = new Input(ready.getInputStream());
    OutputStream opened = ready.getOutputStream();
    out = opened;
    return opened;
  }

  private Answer answer() throws IOException {
    Input from = in;
    if (from == null) {
      throw new IOException("not connected");
    }
    int[] left = {MOST_HEADER_BYTES};
    String status = from.line(left);
    if (!status.startsWith("HTTP/1.1 ") || status.length() < 12) {
      throw new IOException("the hub does not answer in HTTP/1.1: " + status);
    }
    int code = Integer.parseInt(status, 9, 12, 10);
    long retryAfter = 0;
    long length = 0;
    boolean chunked = false;
    boolean keep = true;
    for (String header = from.line(left); !header.isEmpty(); header = from.line(left)) {
      int colon = header.indexOf(':');
      String name = colon < 0 ? header : header.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = colon < 0 ? "" : header.substring(colon + 1).strip();
      switch (name) {
        case "content-length" -> length = Long.parseLong(value);
        case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
        case "connection" -> keep = !value.equalsIgnoreCase("close");
        case "retry-after" -> retryAfter = value.matches("\\d{1,9}") ? Long.parseLong(value) : 0;
        default -> {}
      }
    }
    String body = chunked ? chunks(from) : new String(from.exactly(length), StandardCharsets.UTF_8);
    if (!keep) {
      close();
    }
    return new Answer(code, retryAfter, body);
  }

  private static String chunks(Input from) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      int[] left = {MOST_HEADER_BYTES};
      long size = Long.parseLong(from.line(left), 16);
      if (size == 0) {
        from.line(left);
        return body.toString();
      }
      body.append(new String(from.exactly(size), StandardCharsets.UTF_8));
      from.line(left);
    }
  }

  /// Closes the connection; the next request opens a new one.
  @Override
  public void close() {
    Socket open = socket;
    socket = null;
    in = null;
    out = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        System.getLogger(HubConnection.class.getName())
            .log(System.Logger.Level.DEBUG, "closing", e);
      }
    }
  }
}
