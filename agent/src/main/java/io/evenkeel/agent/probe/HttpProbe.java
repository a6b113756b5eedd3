package io.evenkeel.agent.probe;

import com.google.re2j.Pattern;
import io.evenkeel.agent.probe.ProbeFailure.Kind;
import io.evenkeel.agent.probe.ProbeResult.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// Asks for a web page, in HTTP/1.1, each time over a connection of its own. Safe for use by many
/// threads.
final class HttpProbe {
  private static final int MOST_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Http1Config LIMITS =
      Http1Config.custom().setMaxLineLength(16 << 10).setMaxHeaderCount(200).build();

  private final TlsProbe tls;
  private final int bodyBytes;

  /// @param bodyBytes how much of a page is read
  HttpProbe(TlsProbe tls, int bodyBytes) {
    this.tls = tls;
    this.bodyBytes = bodyBytes;
  }

  /// A page as it came.
  ///
  /// @param location where it leads, null when nowhere
  /// @param declaredBytes what the header says of its length, −1 when nothing
  /// @param body its beginning
  private record Page(
      int status, double version, @Nullable String location, long declaredBytes, byte[] body) {}

  void run(Check.Http check, Attempt attempt) throws ProbeFailedException {
    attempt.sample("probe_failed_due_to_regex", 0);
    try {
      Page page = follow(check, attempt);
      if (!isRight(check, page.status)) {
        throw new ProbeFailedException(Kind.STATUS, Integer.toString(page.status));
      }
      checkBody(check, page.body, attempt);
    } finally {
      attempt.samplePhases("probe_http_duration_seconds");
    }
  }

  private Page follow(Check.Http check, Attempt attempt) throws ProbeFailedException {
    URI uri = URI.create(check.url());
    for (int redirects = 0; ; redirects++) {
      attempt.sample("probe_http_redirects", redirects);
      Page page = ask(check, uri, attempt);
      note(page, attempt);
      if (!check.followRedirects() || page.location == null) {
        return page;
      }
      if (redirects == MOST_REDIRECTS) {
        throw new ProbeFailedException(
            Kind.REDIRECTS, "there are more than " + MOST_REDIRECTS + ", the last to " + uri);
      }
      uri = next(uri, page.location);
    }
  }

  private static URI next(URI from, String location) throws ProbeFailedException {
    try {
      URI to = from.resolve(new URI(location));
      if (CheckRules.isWeb(to)) {
        return to;
      }
    } catch (URISyntaxException e) {
      throw new ProbeFailedException(Kind.REDIRECTS, "'" + shown(location) + "' is no address", e);
    }
    throw new ProbeFailedException(Kind.REDIRECTS, "'" + shown(location) + "' is no web address");
  }

  private static String shown(String text) {
    String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
    return printable.substring(0, Math.min(200, printable.length()));
  }

  private Page ask(Check.Http check, URI uri, Attempt attempt) throws ProbeFailedException {
    boolean secure = "https".equals(uri.getScheme());
    String host = uri.getHost().replaceAll("^\\[|]$", "");
    int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
    InetAddress address = attempt.resolve(host);
    Socket plain = attempt.connect(address, port);
    attempt.sample("probe_http_ssl", secure ? 1 : 0);
    Socket socket = secure ? tls.secure(attempt, plain, host, port, check.authorities()) : plain;
    ClassicHttpRequest request = new BasicClassicHttpRequest(check.method(), uri);
    request.setHeader("Host", uri.getPort() > 0 ? uri.getHost() + ":" + port : uri.getHost());
    request.setHeader("User-Agent", "Evenkeel");
    request.setHeader("Accept", "*/*");
    request.setHeader("Connection", "close");
    try (DefaultBHttpClientConnection http = new DefaultBHttpClientConnection(LIMITS)) {
      http.bind(socket);
      http.setSocketTimeout(Timeout.ofMilliseconds(attempt.leftMillis()));
      long begun = attempt.begin("processing");
      http.sendRequestHeader(request);
      http.flush();
      ClassicHttpResponse response = http.receiveResponseHeader();
      while (response.getCode() < 200) {
        response = http.receiveResponseHeader();
      }
      attempt.end("processing", begun);
      return read(http, check, response, attempt);
    } catch (ConnectionClosedException e) {
      throw attempt.leftMillis() > 0
          ? new ProbeFailedException(Kind.CLOSED, "", e)
          : attempt.timedOut();
    } catch (HttpException e) {
      throw new ProbeFailedException(Kind.PROTOCOL, shown(Attempt.text(e)), e);
    } catch (IOException e) {
      throw attempt.failed(e);
    }
  }

  private Page read(
      DefaultBHttpClientConnection http,
      Check.Http check,
      ClassicHttpResponse response,
      Attempt attempt)
      throws ProbeFailedException, IOException, HttpException {
    long begun = attempt.begin("transfer");
    byte[] body = new byte[0];
    boolean empty =
        check.method().equals("HEAD") || response.getCode() == 204 || response.getCode() == 304;
    if (!empty) {
      http.receiveResponseEntity(response);
      try (InputStream in = response.getEntity().getContent()) {
        body = in.readNBytes(bodyBytes);
        if (body.length == bodyBytes) {
          // The rest is not wanted: closing would read it to its end.
          http.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
        }
      }
    }
    attempt.end("transfer", begun);
    return new Page(
        response.getCode(),
        response.getVersion() == null
            ? 1.1
            : response.getVersion().getMajor() + response.getVersion().getMinor() / 10.0,
        REDIRECTS.contains(response.getCode()) ? header(response, "Location") : null,
        length(header(response, "Content-Length")),
        body);
  }

  private static @Nullable String header(ClassicHttpResponse response, String name) {
    Header header = response.getFirstHeader(name);
    return header == null ? null : header.getValue();
  }

  private static long length(@Nullable String text) {
    return text != null && text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
  }

  private static void note(Page page, Attempt attempt) {
    Answer before = attempt.answer();
    attempt.answer(
        new Answer(page.status, before.tls(), before.certificateEndsMillis(), List.of()));
    attempt.sample("probe_http_status_code", page.status);
    attempt.sample("probe_http_version", page.version);
    attempt.sample("probe_http_content_length", page.declaredBytes);
    attempt.sample("probe_http_uncompressed_body_length", page.body.length);
  }

  private static boolean isRight(Check.Http check, int status) {
    return check.status().isEmpty()
        ? status >= 200 && status <= 299
        : check.status().contains(status);
  }

  private static void checkBody(Check.Http check, byte[] body, Attempt attempt)
      throws ProbeFailedException {
    List<ProbeFailedException> failures = new ArrayList<>(1);
    if (!check.bodyMatches().isEmpty() || !check.bodyLacks().isEmpty()) {
      String text = new String(body, StandardCharsets.UTF_8);
      if (!Pattern.compile(check.bodyMatches()).matcher(text).find()) {
        failures.add(new ProbeFailedException(Kind.BODY_LACKS, check.bodyMatches()));
      } else if (!check.bodyLacks().isEmpty()
          && Pattern.compile(check.bodyLacks()).matcher(text).find()) {
        failures.add(new ProbeFailedException(Kind.BODY_MATCHES, check.bodyLacks()));
      }
    }
    if (!failures.isEmpty()) {
      attempt.sample("probe_failed_due_to_regex", 1);
      throw failures.getFirst();
    }
  }
}
