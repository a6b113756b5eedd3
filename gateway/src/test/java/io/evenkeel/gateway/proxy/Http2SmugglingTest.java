package io.evenkeel.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Requests of HTTP/2 that would become another request in HTTP/1, or none.
@Timeout(300)
class Http2SmugglingTest {
  private record Case(String name, List<String> fields, String body, String understood) {}

  private final List<Case> cases = new ArrayList<>();

  private static List<String> get() {
    return new ArrayList<>(
        List.of(":method", "GET", ":scheme", "http", ":path", "/a", ":authority", "h"));
  }

  private void refused(String name, UnaryOperator<List<String>> change) {
    cases.add(new Case(name, change.apply(get()), "", ""));
  }

  private void refusedWithBody(String name, String body, String... more) {
    List<String> fields = get();
    fields.set(1, "POST");
    fields.addAll(List.of(more));
    cases.add(new Case(name, fields, body, ""));
  }

  private void with(String name, String value) {
    refused(
        (name + ": " + value).replace("\r", "CR").replace("\n", "LF").replace("\0", "NUL"),
        fields -> {
          fields.add(name);
          fields.add(value);
          return fields;
        });
  }

  private void pseudo(int index, String value) {
    refused(
        ("pseudo " + index + " " + value).replace("\r", "CR").replace("\n", "LF"),
        fields -> {
          fields.set(index * 2 + 1, value);
          return fields;
        });
  }

  private void build() {
    for (String value :
        List.of(
            "a\r\nX: y", "a\nX: y", "a\rX: y", "a\0b", "\0", "a\r\n\r\nGET /x HTTP/1.1", "\n")) {
      with("x-value", value);
    }
    for (String name :
        List.of("X-Upper", "x y", "x:y", "x\r\ny", "x\0", "", ":unknown", "x\n", "x\u007f", " x")) {
      with(name, "y");
    }
    with("connection", "close");
    with("connection", "x-value");
    with("keep-alive", "5");
    with("proxy-connection", "keep-alive");
    with("transfer-encoding", "chunked");
    with("transfer-encoding", "identity");
    with("upgrade", "websocket");
    with("te", "gzip");
    with("te", "trailers, gzip");
    with(":path", "/b");
    with(":method", "POST");
    with("host", "other");
    with("content-length", "5");
    with("content-length", "-1");
    with("content-length", "a");
    for (String path :
        List.of(
            "",
            "a",
            "/a b",
            "/a\r\nX: y",
            "/a HTTP/1.1\r\nX: y",
            "/%2f",
            "/..",
            "/%5c",
            "/%00",
            "*",
            "/a\0",
            "/a#f",
            "http://other/a")) {
      pseudo(2, path);
    }
    for (String method : List.of("", "G T", "GET\r\nX: y", "CONNECT", "TRACE", "GET /b HTTP/1.1")) {
      pseudo(0, method);
    }
    for (String authority : List.of("a b", "a/b", "a@b", "a\r\nX: y", "a,b", "")) {
      pseudo(3, authority);
    }
    for (int missing = 0; missing < 3; missing++) {
      int at = missing;
      refused(
          "without pseudo " + missing,
          fields -> {
            fields.remove(at * 2);
            fields.remove(at * 2);
            return fields;
          });
    }
    refused(
        "pseudo after field",
        fields -> {
          List<String> other = new ArrayList<>(List.of("x", "y"));
          other.addAll(fields);
          return other;
        });
    refusedWithBody("length shorter than body", "hello", "content-length", "3");
    refusedWithBody("length longer than body", "hello", "content-length", "9");
    refusedWithBody("two lengths", "hello", "content-length", "5", "content-length", "6");
    List<String> trailing = get();
    trailing.addAll(List.of("te", "trailers", "x-value", "y"));
    cases.add(new Case("plain", trailing, "", "GET /a "));
    List<String> post = get();
    post.set(1, "POST");
    cases.add(
        new Case(
            "body that looks like a request",
            post,
            "GET /x HTTP/1.1\r\n\r\n",
            "POST /a GET /x HTTP/1.1\r\n\r\n"));
    List<String> length = new ArrayList<>(post);
    length.addAll(List.of("content-length", "5"));
    cases.add(new Case("length", length, "hello", "POST /a hello"));
    List<String> cookies = get();
    cookies.addAll(List.of("cookie", "a=b", "cookie", "c=d"));
    cases.add(new Case("cookies in pieces", cookies, "", "GET /a "));
  }

  @Test
  void the_backend_understands_what_the_gateway_meant_or_never_sees_it() throws IOException {
    build();
    List<String> disagreements = new ArrayList<>();
    int refusals = 0;
    try (var backend = new RecordingBackend(RecordingBackend.text("ok"));
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend))) {
      for (Case one : cases) {
        backend.received.clear();
        backend.violations.clear();
        String outcome;
        try (var client = new RawHttp2Client(gateway.address())) {
          boolean body = !one.body.isEmpty();
          client.frame(
              RawHttp2Client.HEADERS,
              RawHttp2Client.END_HEADERS | (body ? 0 : RawHttp2Client.END_STREAM),
              1,
              RawHttp2Client.fields(one.fields.toArray(new String[0])));
          if (body) {
            client.frame(
                RawHttp2Client.DATA,
                RawHttp2Client.END_STREAM,
                1,
                one.body.getBytes(StandardCharsets.ISO_8859_1));
          }
          outcome = client.outcome(1);
        }
        List<String> understood =
            backend.received.stream()
                .map(r -> r.method() + " " + r.target() + " " + r.body())
                .toList();
        boolean refused = one.understood.isEmpty();
        refusals += refused ? 1 : 0;
        boolean agrees =
            backend.violations.isEmpty()
                && !outcome.equals("silence")
                && (refused
                    ? understood.isEmpty()
                    : outcome.equals("answered") && understood.equals(List.of(one.understood)));
        if (!agrees) {
          disagreements.add(
              one.name
                  + ": "
                  + outcome
                  + ", understood "
                  + understood
                  + ", violations "
                  + backend.violations);
        }
      }
    }
    System.out.println("HTTP/2 corpus: " + cases.size() + " cases, " + refusals + " refused");
    assertThat(disagreements).isEmpty();
  }

  @Test
  void a_client_that_resets_its_streams_rapidly_loses_its_connection() throws IOException {
    try (var backend = new RecordingBackend(RecordingBackend.text("ok"));
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = new RawHttp2Client(gateway.address())) {
      String end = "";
      try {
        for (int stream = 1; stream < 4000; stream += 2) {
          client.frame(
              RawHttp2Client.HEADERS,
              RawHttp2Client.END_HEADERS | RawHttp2Client.END_STREAM,
              stream,
              RawHttp2Client.fields(get().toArray(new String[0])));
          client.frame(RawHttp2Client.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
        }
        end = client.outcome(100_001);
      } catch (IOException e) {
        end = "closed";
      }
      assertThat(end).isIn("goaway", "closed");
      assertThat(backend.received.size()).isLessThan(1000);
    }
  }
}
