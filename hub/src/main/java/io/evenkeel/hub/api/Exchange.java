package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Caller;
import io.evenkeel.hub.security.Gate;
import io.evenkeel.model.Text;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// One request and its answer, as handlers see them. Used by one thread.
public final class Exchange {
  /// The largest body that a route takes unless it asks for more.
  public static final int BODY_BYTES = 1 << 20;

  private static final int GZIP_FROM_BYTES = 1_024;

  private final ServerRequest request;
  private final ServerResponse response;
  private final Caller caller;
  private final Gatekeeper gatekeeper;
  private final Route route;
  private final Map<String, String> variables;
  private @Nullable Map<String, List<String>> parameters;

  Exchange(
      ServerRequest request,
      ServerResponse response,
      Caller caller,
      Gatekeeper gatekeeper,
      Route route,
      Map<String, String> variables) {
    this.request = request;
    this.response = response;
    this.caller = caller;
    this.gatekeeper = gatekeeper;
    this.route = route;
    this.variables = variables;
  }

  /// Who asks.
  public Caller caller() {
    return caller;
  }

  /// Whether the caller may still take this route: false after a logout, a revoked token, a lost
  /// role, an expired session. For streams that outlive the check at their beginning.
  public boolean stillAdmitted() {
    try {
      return Gate.of(route.access(), gatekeeper.recognise(request)) == Gate.OPEN;
    } catch (ApiException e) {
      return false;
    }
  }

  /// The method, such as `GET`.
  public String method() {
    return request.prologue().method().text();
  }

  /// The value of a variable in the route's path.
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no variable '" + name + "'");
    }
    return value;
  }

  /// A request header.
  public Optional<String> header(String name) {
    HeaderName header = HeaderNames.create(name);
    return request.headers().contains(header)
        ? Optional.of(request.headers().get(header).values())
        : Optional.empty();
  }

  /// The address of the peer at the other end of the connection.
  public InetAddress peer() {
    return ((InetSocketAddress) request.remotePeer().address()).getAddress();
  }

  /// Whether the peer has closed the connection, as far as that is known.
  boolean closedByPeer(TcpTable connections) {
    return connections.closedByPeer(
        (InetSocketAddress) request.localPeer().address(),
        (InetSocketAddress) request.remotePeer().address());
  }

  /// Whether the connection is encrypted.
  public boolean secure() {
    return request.isSecure();
  }

  /// The first value of a parameter of the query or, in a form, of the body.
  public Optional<String> parameter(String name) {
    return parameters(name).stream().findFirst();
  }

  /// All values of a parameter of the query and, in a form, of the body.
  public List<String> parameters(String name) {
    if (parameters == null) {
      parameters = new HashMap<>();
      decode(request.query().rawValue(), parameters);
      if (header("Content-Type").orElse("").startsWith("application/x-www-form-urlencoded")) {
        decode(new String(body(BODY_BYTES), StandardCharsets.UTF_8), parameters);
      }
    }
    return parameters.getOrDefault(name, List.of());
  }

  /// A parameter that is a count: `usual` when it is not given.
  ///
  /// @throws ApiException 400 when it is not a number from 1 to `most`
  public int count(String name, int usual, int most) {
    Optional<String> text = parameter(name);
    if (text.isEmpty()) {
      return usual;
    }
    if (!text.get().matches("\\d{1,9}")) {
      throw ApiException.badField(
          name,
          Text.of(
              "'" + name + "' is a number from 1 to " + most + ".",
              "“" + name + "”是 1 至 " + most + " 的数字。"));
    }
    int count = Integer.parseInt(text.get());
    if (count < 1 || count > most) {
      throw ApiException.badField(
          name,
          Text.of(
              "'" + name + "' is a number from 1 to " + most + ".",
              "“" + name + "”是 1 至 " + most + " 的数字。"));
    }
    return count;
  }

  private static void decode(String text, Map<String, List<String>> into) {
    for (int from = 0; from < text.length(); ) {
      int end = text.indexOf('&', from);
      end = end < 0 ? text.length() : end;
      String pair = text.substring(from, end);
      from = end + 1;
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      try {
        into.computeIfAbsent(
                URLDecoder.decode(name, StandardCharsets.UTF_8), key -> new ArrayList<>())
            .add(URLDecoder.decode(value, StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw ApiException.badRequest(
            Text.of("A parameter has a broken percent escape: " + pair, "参数中的百分号转义有误：" + pair));
      }
    }
  }

  /// The body, counted while it is read.
  ///
  /// @throws ApiException 413 when it is larger than `most` bytes
  public byte[] body(int most) {
    return Bodies.read(request, most);
  }

  /// The body as a record.
  public <T> T json(Class<T> type) {
    return Json.read(jsonBody(), type);
  }

  /// The body as a flat JSON object of texts.
  public Map<String, String> jsonTexts() {
    return Json.readTexts(jsonBody());
  }

  private byte[] jsonBody() {
    // A page of another site cannot send this type without asking first, which the hub never
    // allows.
    if (!header("Content-Type").orElse("").startsWith("application/json")) {
      throw ApiException.unsupportedType(
          Text.of("The body is expected as application/json.", "请求体应为 application/json。"));
    }
    return body(BODY_BYTES);
  }

  /// Sets a header of the answer.
  public void header(String name, String value) {
    response.header(name, value);
  }

  /// Answers 200 with a value as JSON.
  public void answer(Object value) {
    answer(200, "application/json", Json.write(value));
  }

  /// Answers with no content.
  public void done() {
    response.status(204).send();
  }

  /// Answers with bytes, compressed when the caller takes that and it pays.
  public void answer(int status, String contentType, byte[] bytes) {
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, contentType);
    if (bytes.length >= GZIP_FROM_BYTES && header("Accept-Encoding").orElse("").contains("gzip")) {
      response.header(HeaderNames.CONTENT_ENCODING, "gzip");
      response.header(HeaderNames.VARY, "Accept-Encoding");
      response.send(gzip(bytes));
    } else {
      response.send(bytes);
    }
  }

  /// Answers 200 with a stream that goes on until the handler returns or the caller goes away,
  /// which a write tells by an IOException.
  public OutputStream stream(String contentType) {
    response.status(200);
    response.header(HeaderNames.CONTENT_TYPE, contentType);
    response.header(HeaderNames.CACHE_CONTROL, "no-store");
    return new AnswerStream(response.outputStream());
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 3);
    try (FastGzip gzip = new FastGzip(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }

  /// Compresses at the fastest level: on a week of numbers the usual level took three times as long
  /// as the query, for a sixth fewer bytes.
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 8 << 10);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
