package io.evenkeel.hub.scrape;

import io.evenkeel.hub.outgoing.OutgoingRoute;
import io.evenkeel.hub.scrape.ScrapeJob.Credentials;
import io.evenkeel.model.exposition.PageFormat;
import io.evenkeel.model.outgoing.AddressRules;
import io.evenkeel.model.outgoing.AddressRules.Reach;
import io.evenkeel.model.outgoing.RefusedAddressException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// Fetches pages for one job: http and https only, names resolved once and the connection made to
/// the address that was checked (link-local and metadata addresses never, private ones may be), no
/// redirects, the whole within the timeout, the page within its limit however small it is
/// compressed. Connections are kept. Safe for use by many threads.
final class ScrapeClient implements AutoCloseable {
  private static final int FIRST_BYTES = 64 << 10;

  private final ScrapeJob job;
  private final CloseableHttpClient http;
  private final ScheduledExecutorService deadlines;

  /// A page as it was fetched.
  ///
  /// @param bytes holds the page; only the first `length` count
  record Page(byte[] bytes, int length, PageFormat format) {}

  /// @param deadlines cancels requests that take too long
  /// @throws IOException when the job's certificate authorities cannot be read
  ScrapeClient(ScrapeJob job, AddressRules rules, ScheduledExecutorService deadlines)
      throws IOException {
    this.job = job;
    this.deadlines = deadlines;
    Timeout timeout = Timeout.of(job.timeout());
    this.http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(new CheckedNames(rules))
                    .setTlsSocketStrategy(
                        ClientTlsStrategyBuilder.create()
                            .setSslContext(tls(job.authorities()))
                            .buildClassic())
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(timeout)
                            .setSocketTimeout(timeout)
                            .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                            .build())
                    .setDefaultSocketConfig(
                        SocketConfig.custom().setSoTimeout(timeout).setTcpNoDelay(true).build())
                    .setMaxConnPerRoute(4)
                    .setMaxConnTotal(Integer.MAX_VALUE)
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setResponseTimeout(timeout)
                    .setConnectionRequestTimeout(timeout)
                    .setRedirectsEnabled(false)
                    .build())
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .setUserAgent("Evenkeel")
            .build();
  }

  /// Fetches a target's page.
  ///
  /// @throws IOException when there is none, with a message for people
  Page fetch(Target target) throws IOException {
    Duration timeout = target.timeout();
    HttpGet request = new HttpGet(target.uri());
    request.setHeader("Accept", PageFormat.accept(job.nativeHistograms()));
    request.setHeader("Accept-Encoding", "gzip");
    request.setHeader(
        "X-Prometheus-Scrape-Timeout-Seconds", Double.toString(timeout.toMillis() / 1000.0));
    String authorization = authorization();
    if (authorization != null) {
      request.setHeader("Authorization", authorization);
    }
    Future<?> deadline =
        deadlines.schedule(request::cancel, timeout.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return http.execute(request, this::read);
    } catch (RefusedAddressException e) {
      throw e;
    } catch (UnknownHostException e) {
      throw new IOException("the name " + target.uri().getHost() + " has no address", e);
    } catch (IOException | IllegalStateException e) {
      // The library's answer to a request that is cancelled between two of its steps, or to a
      // client that was closed meanwhile, is an IllegalStateException.
      throw request.isCancelled()
          ? new IOException("no answer within " + timeout.toMillis() / 1000.0 + " s", e)
          : new IOException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } finally {
      deadline.cancel(false);
    }
  }

  private Page read(ClassicHttpResponse response) throws IOException {
    if (response.getCode() != 200) {
      throw new IOException("the target answered with HTTP status " + response.getCode());
    }
    HttpEntity entity = response.getEntity();
    String type = header(response, "Content-Type");
    PageFormat format =
        PageFormat.of(type)
            .orElseThrow(() ->
                new IOException(
                    "the target's page is '" + type + "', which is no page of metrics"));
    if (entity == null) {
      return new Page(new byte[0], 0, format);
    }
    boolean gzip = header(response, "Content-Encoding").toLowerCase(Locale.ROOT).equals("gzip");
    try (InputStream body = entity.getContent();
        InputStream plain = gzip ? new GZIPInputStream(body) : body) {
      return read(plain, format);
    }
  }

  private Page read(InputStream in, PageFormat format) throws IOException {
    long most = job.limits().bodyBytes();
    byte[] page = new byte[FIRST_BYTES];
    int length = 0;
    for (int read = 0; read >= 0; read = in.read(page, length, page.length - length)) {
      length += read;
      if (length > most) {
        throw new IOException("the page has more than " + most + " bytes (body_size_limit)");
      }
      if (length == page.length) {
        page = Arrays.copyOf(page, (int) Math.min(2L * length, most + 1));
      }
    }
    return new Page(page, length, format);
  }

  private static String header(ClassicHttpResponse response, String name) {
    Header header = response.getFirstHeader(name);
    return header == null || header.getValue() == null ? "" : header.getValue();
  }

  private @Nullable String authorization() throws IOException {
    return switch (job.credentials()) {
      case Credentials.None() -> null;
      case Credentials.Basic basic -> {
        String password = secret(basic.password(), basic.passwordFile());
        yield "Basic "
            + Base64.getEncoder()
                .encodeToString((basic.user() + ":" + password).getBytes(StandardCharsets.UTF_8));
      }
      case Credentials.Token token -> token.type() + " " + secret(token.secret(), token.file());
    };
  }

  private static String secret(String written, Optional<Path> file) throws IOException {
    if (file.isEmpty()) {
      return written;
    }
    try {
      return Files.readString(file.get()).strip();
    } catch (IOException e) {
      throw new IOException("the credentials in " + file.get() + " cannot be read", e);
    }
  }

  private static SSLContext tls(Optional<Path> authorities) throws IOException {
    Optional<String> pem = Optional.empty();
    if (authorities.isPresent()) {
      try {
        pem = Optional.of(Files.readString(authorities.get()));
      } catch (IOException e) {
        throw new IOException("the ca_file " + authorities.get() + " cannot be read", e);
      }
    }
    return new OutgoingRoute(Optional.empty(), pem).tls();
  }

  @Override
  public void close() throws IOException {
    http.close();
  }

  /// Names to addresses, each checked.
  private record CheckedNames(AddressRules rules) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      return rules.resolve(host, Reach.PRIVATE_TOO);
    }

    @Override
    public @Nullable String resolveCanonicalHostname(String host) {
      return host;
    }
  }
}
