package io.evenkeel.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Requests that two servers may read differently. For each: either the strict backend understood
/// exactly what is written here, or it saw nothing of it and the client was refused and cut off.
@Timeout(300)
class SmugglingTest {
  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
  private static final String END = "GET /end HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

  /// @param passes what the backend must have understood; nothing means refused
  private record Case(String group, String name, String bytes, List<String> passes) {}

  private final List<Case> cases = new ArrayList<>();

  private void refused(String group, String name, String bytes) {
    cases.add(new Case(group, name, bytes, List.of()));
  }

  private void passes(String group, String name, String bytes, String... understood) {
    cases.add(new Case(group, name, bytes, List.of(understood)));
  }

  private static String post(String fields, String body) {
    return "POST /a HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n\r\n" + body;
  }

  private void transferEncodings() {
    for (String value :
        List.of(
            "xchunked",
            "chunked, identity",
            "identity, chunked",
            "chunked, chunked",
            "gzip, chunked",
            "chunked, gzip",
            "\"chunked\"",
            "chunked;q=1",
            "identity",
            "",
            "gzip",
            "chun ked",
            "\u000bchunked",
            "\u000cchunked",
            "chunked\u0000",
            "\u0000chunked",
            "chunked,",
            ",chunked",
            "chunked\u00a0",
            "chunked\u007f",
            "deflate",
            "chunked\rX: y",
            "cHuNkEd x")) {
      refused(
          "Transfer-Encoding",
          escape(value),
          post("Transfer-Encoding: " + value, "0\r\n\r\n" + SMUGGLED));
    }
    for (String line :
        List.of(
            "Transfer-Encoding : chunked",
            "Transfer-Encoding\t: chunked",
            " Transfer-Encoding: chunked",
            "X: y\r\n Transfer-Encoding: chunked",
            "X: y\r\n\tz",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding:\r\n chunked",
            "Transfer-Encoding: chunked\nX: y",
            "Transfer-Encoding chunked",
            "Transfer-\rEncoding: chunked",
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "content-length: 0\r\ntransfer-encoding: chunked",
            "Content-Length: 6\r\nTransfer-Encoding: identity")) {
      refused("Transfer-Encoding", escape(line), post(line, "0\r\n\r\n" + SMUGGLED));
    }
    refused(
        "Transfer-Encoding",
        "HTTP/1.0",
        "POST /a HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED);
    for (String line :
        List.of(
            "Transfer-Encoding: chunked", "Transfer-Encoding:chunked",
            "transfer-encoding: CHUNKED", "Transfer-Encoding: \tchunked \t")) {
      passes(
          "Transfer-Encoding",
          escape(line),
          post(line, "1\r\nx\r\n0\r\n\r\n" + END),
          "POST /a x",
          "GET /end ");
    }
  }

  private void contentLengths() {
    for (String value :
        List.of(
            "+5",
            "-5",
            "5 5",
            "5, 5",
            "5,5",
            "5, 6",
            "0x5",
            "5.0",
            "",
            "5a",
            "a",
            "\uff15",
            "1e1",
            "9999999999999999999",
            "00000000000000000000005",
            "5;",
            "\u000b5",
            "5\u0000",
            "\"5\"",
            "5\rX: y",
            "0b1",
            "--5",
            "5\u007f")) {
      refused(
          "Content-Length", escape(value), post("Content-Length: " + value, "hello" + SMUGGLED));
    }
    for (String line :
        List.of(
            "Content-Length: 5\r\nContent-Length: 5",
            "Content-Length: 5\r\nContent-Length: 6",
            "Content-Length: 0\r\nContent-Length: 5",
            "Content-Length : 5",
            " Content-Length: 5",
            "Content-Length: 5\nContent-Length: 0",
            "Content-Length:\r\n 5")) {
      refused("Content-Length", escape(line), post(line, "hello" + SMUGGLED));
    }
    passes(
        "Content-Length",
        "plain",
        post("Content-Length: 5", "hello" + END),
        "POST /a hello",
        "GET /end ");
    passes(
        "Content-Length",
        "leading zero",
        post("Content-Length: 05", "hello" + END),
        "POST /a hello",
        "GET /end ");
    passes(
        "Content-Length",
        "zero, then what looks like a request",
        post("Content-Length: 0", END),
        "POST /a ",
        "GET /end ");
    passes(
        "Content-Length",
        "none, then what looks like a body",
        post("X: y", END),
        "POST /a ",
        "GET /end ");
  }

  private void characters() {
    for (int c = 0; c < 0x20; c++) {
      if (c == '\t' || c == '\r' || c == '\n') {
        continue;
      }
      refused(
          "control characters",
          "in a value: " + c,
          "GET /a HTTP/1.1\r\nHost: h\r\nX: a" + (char) c + "b\r\n\r\n" + SMUGGLED);
    }
    for (String name :
        List.of("X Y", "", "X\u0000", "X(", "X/Y", "\u00e4", "X\"", "X;", "X\u007f")) {
      refused(
          "field names",
          escape(name),
          "GET /a HTTP/1.1\r\nHost: h\r\n" + name + ": b\r\n\r\n" + SMUGGLED);
    }
    refused("line ends", "request line LF", "GET /a HTTP/1.1\nHost: h\r\n\r\n" + SMUGGLED);
    refused("line ends", "field LF", "GET /a HTTP/1.1\r\nHost: h\n\r\n" + SMUGGLED);
    refused("line ends", "LF LF", "GET /a HTTP/1.1\nHost: h\n\n" + SMUGGLED);
    refused("line ends", "end LF", "GET /a HTTP/1.1\r\nHost: h\r\n\n" + SMUGGLED);
    refused("line ends", "CR CR LF", "GET /a HTTP/1.1\r\nHost: h\r\r\n\r\n" + SMUGGLED);
    refused("line ends", "CR alone", "GET /a HTTP/1.1\r\nHost: h\rX: y\r\n\r\n" + SMUGGLED);
    refused("line ends", "folded", "GET /a HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n" + SMUGGLED);
    refused("line ends", "folded first", "GET /a HTTP/1.1\r\n Host: h\r\n\r\n" + SMUGGLED);
    passes(
        "line ends",
        "empty lines before",
        "\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n" + END,
        "GET /a ",
        "GET /end ");
    refused("line ends", "LF before", "\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n" + SMUGGLED);
    refused("line ends", "NUL before", "\u0000GET /a HTTP/1.1\r\nHost: h\r\n\r\n" + SMUGGLED);
    refused("line ends", "space before", " GET /a HTTP/1.1\r\nHost: h\r\n\r\n" + SMUGGLED);
  }

  private void requestLines() {
    for (String line :
        List.of(
            "GET  /a HTTP/1.1",
            "GET /a  HTTP/1.1",
            "GET\t/a\tHTTP/1.1",
            "GET /a",
            "GET /a HTTP/1.1 ",
            "GET /a HTTP/2.0",
            "GET /a HTTP/1.2",
            "GET /a http/1.1",
            "GET /a HTTP/01.1",
            "GET /a HTTP/1.10",
            "GET /a HTTP/1",
            "GET /a HTTP 1.1",
            "GET /a b HTTP/1.1",
            "G\u0000T /a HTTP/1.1",
            "G(T /a HTTP/1.1",
            "/a HTTP/1.1",
            "GET HTTP/1.1",
            "GET /a\u0000 HTTP/1.1",
            "GET /a\u007f HTTP/1.1",
            "CONNECT h:443 HTTP/1.1",
            "TRACE /a HTTP/1.1",
            "GET * HTTP/1.1")) {
      refused("request line", escape(line), line + "\r\nHost: h\r\n\r\n" + SMUGGLED);
    }
    for (String target :
        List.of(
            "/%2f",
            "/a%2Fb",
            "/%5c",
            "/a%5Cb",
            "/%00",
            "/%0d%0aX:y",
            "/..",
            "/../a",
            "/a/..",
            "/a/../b",
            "/.",
            "/a/./b",
            "/%2e%2e/a",
            "/%2E%2e",
            "/.%2e",
            "/a/%2e",
            "/..;/a",
            "/a/..;x=y/b",
            "/a\\b",
            "/%",
            "/%4",
            "/%zz",
            "/a#f",
            "/a?b#c",
            "a",
            "a/b",
            "http://",
            "ftp://h/a",
            "http://other/a",
            "http://h@other/a",
            "/\u00e9",
            "/%7f",
            "/%09")) {
      refused(
          "target", escape(target), "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n" + SMUGGLED);
    }
    Map<String, String> same = new LinkedHashMap<>();
    same.put("//a", "/a");
    same.put("/a//b///c", "/a/b/c");
    same.put("/%41b", "/Ab");
    same.put("/%7euser", "/~user");
    same.put("/a%20b", "/a%20b");
    same.put("/%e4%b8%ad", "/%E4%B8%AD");
    same.put("/a?b=%2f..%00", "/a?b=%2f..%00");
    same.put("/a;b=c", "/a;b=c");
    same.put("/.well-known/x", "/.well-known/x");
    same.put("/a..b/...", "/a..b/...");
    same.put("http://h/a", "/a");
    same.put("http://h?x", "/?x");
    same.forEach((target, forwarded) ->
        passes(
            "target",
            target,
            "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n" + END,
            "GET " + forwarded + " ",
            "GET /end "));
  }

  private void hosts() {
    for (String fields :
        List.of(
            "X: y",
            "Host: h\r\nHost: h",
            "Host: h\r\nHost: other",
            "Host: ",
            "Host: a b",
            "Host: a/b",
            "Host: a@b",
            "Host: a,b",
            "Host: a:b",
            "Host: a:99999999",
            "Host: [::1",
            "Host: a?b",
            "Host: a#b",
            "Host: a\\b",
            "Host: [zz]",
            "Host : h",
            "Host: \"h\"",
            "Host: h\r\nhost: h",
            "Host: %68")) {
      refused("Host", escape(fields), "GET /a HTTP/1.1\r\n" + fields + "\r\n\r\n" + SMUGGLED);
    }
    for (String host : List.of("h", "h:80", "[::1]", "[::1]:8080", "a_b.example", "H.Example.")) {
      passes(
          "Host",
          host,
          "GET /a HTTP/1.1\r\nHost: " + host + "\r\n\r\n" + END,
          "GET /a ",
          "GET /end ");
    }
  }

  private void chunks() {
    for (String body :
        List.of(
            "5\nhello\r\n0\r\n\r\n",
            "5\r\nhello\n0\r\n\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n",
            "+5\r\nhello\r\n0\r\n\r\n",
            "-5\r\nhello\r\n0\r\n\r\n",
            "G\r\nhello\r\n0\r\n\r\n",
            "\r\nhello\r\n0\r\n\r\n",
            "5\r\nhelloX\r\n0\r\n\r\n",
            "5\r\nhello0\r\n\r\n",
            "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
            "80000000\r\nhello",
            "100000005\r\nhello\r\n0\r\n\r\n",
            "5;a\nb\r\nhello\r\n0\r\n\r\n",
            "5;a\rb\r\nhello\r\n0\r\n\r\n",
            "5;\u0000\r\nhello\r\n0\r\n\r\n",
            "5\u0000\r\nhello\r\n0\r\n\r\n",
            "5 5\r\nhello\r\n0\r\n\r\n",
            "5_\r\nhello\r\n0\r\n\r\n",
            "5\r\nhello\r\n0\r\nX\r\n\r\n",
            "5\r\nhello\r\n0\r\n X: y\r\n\r\n",
            "5\r\nhello\r\n0\r\nX: y\n\r\n",
            "5\r\nhello\r\n0\n\n")) {
      refused("chunks", escape(body), post("Transfer-Encoding: chunked", body + SMUGGLED));
    }
    for (String body :
        List.of(
            "5\r\nhello\r\n0\r\n\r\n",
            "5;x=y\r\nhello\r\n0\r\n\r\n",
            "5;x=\"y\"\r\nhello\r\n0;z\r\n\r\n",
            "005\r\nhello\r\n000\r\n\r\n",
            "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n",
            "5\r\nhello\r\n0\r\nTransfer-Encoding: x\r\nHost: y\r\n\r\n")) {
      passes(
          "chunks",
          escape(body),
          post("Transfer-Encoding: chunked", body + END),
          "POST /a hello",
          "GET /end ");
    }
  }

  private void switches() {
    refused("switches", "unknown expectation", post("Expect: 200-ok\r\nContent-Length: 0", ""));
    refused(
        "switches",
        "WebSocket with a body",
        "GET /a HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
            + "Content-Length: 5\r\n\r\nhello"
            + SMUGGLED);
    for (String fields :
        List.of(
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk",
            "Upgrade: websocket",
            "Connection: Host, Content-Length",
            "Connection: close, X\r\nX: y".replace("close, ", ""),
            "Proxy-Connection: keep-alive",
            "Keep-Alive: 5")) {
      passes(
          "switches",
          escape(fields),
          "GET /a HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n\r\n" + END,
          "GET /a ",
          "GET /end ");
    }
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c >= 0x20 && c < 0x7F) {
        out.append(c);
      } else {
        out.append(String.format("\\x%02x", (int) c));
      }
    }
    return out.toString();
  }

  @Test
  void the_backend_understands_what_the_gateway_meant_or_never_sees_it() throws IOException {
    transferEncodings();
    contentLengths();
    characters();
    requestLines();
    hosts();
    chunks();
    switches();
    Map<String, int[]> table = new LinkedHashMap<>();
    List<String> disagreements = new ArrayList<>();
    try (var backend = new RecordingBackend(RecordingBackend.text("ok"));
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend))) {
      for (Case one : cases) {
        backend.received.clear();
        backend.violations.clear();
        List<Integer> statuses = new ArrayList<>();
        boolean closed;
        try (var client = gateway.client()) {
          client.socket().setSoTimeout(10_000);
          client.send(toBytes(one.bytes));
          try {
            do {
              statuses.add(client.answer(false).status());
            } while (one.passes.isEmpty() || statuses.size() < one.passes.size());
          } catch (IOException e) {
            // The end of the connection, looked at next.
          }
          closed = client.isClosed();
        }
        List<String> understood =
            backend.received.stream()
                .map(r -> r.method() + " " + r.target() + " " + r.body())
                .toList();
        boolean refused = one.passes.isEmpty();
        boolean agrees =
            backend.violations.isEmpty()
                && understood.equals(one.passes)
                && closed
                && (refused
                    ? statuses.size() == 1 && statuses.getFirst() >= 400
                    : statuses.stream().allMatch(s -> s == 200));
        if (!agrees) {
          disagreements.add(
              one.group
                  + " / "
                  + one.name
                  + ": understood "
                  + understood
                  + ", answers "
                  + statuses
                  + ", closed "
                  + closed
                  + ", violations "
                  + backend.violations);
        }
        table.computeIfAbsent(one.group, _ -> new int[2])[refused ? 0 : 1]++;
      }
    }
    StringBuilder summary = new StringBuilder("HTTP/1 corpus: " + cases.size() + " cases\n");
    table.forEach((group, counts) ->
        summary.append(
            String.format("| %s | %d refused | %d passed |%n", group, counts[0], counts[1])));
    System.out.println(summary);
    assertThat(disagreements).isEmpty();
    assertThat(cases).hasSizeGreaterThan(150);
  }

  private static byte[] toBytes(String text) {
    StringBuilder narrow = new StringBuilder();
    for (char c : text.toCharArray()) {
      // Full-width digits and the like go out as UTF-8.
      narrow.append(
          c > 0xFF
              ? new String(
                  String.valueOf(c).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
              : c);
    }
    return narrow.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
