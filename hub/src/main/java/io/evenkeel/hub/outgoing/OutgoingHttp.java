package io.evenkeel.hub.outgoing;

import io.evenkeel.model.outgoing.AddressRules;
import io.evenkeel.model.outgoing.AddressRules.Reach;
import io.evenkeel.model.outgoing.Network;
import io.evenkeel.model.outgoing.RefusedAddressException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// Requests to web services under the hub's rules: http and https only, to addresses that
/// [AddressRules] checked, no redirects, at most [#TIMEOUT] from begin to end, at most 64 KiB of
/// answer. Safe for use by many threads.
///
/// Connections are kept open per [OutgoingRoute], so that a burst pays for TLS once.
public final class OutgoingHttp implements AutoCloseable {
  /// How long one request may take altogether.
  public static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final int ANSWER_BYTES = 64 << 10;
  private static final int ROUTES = 64;

  private final AddressRules rules;
  private final ScheduledExecutorService deadlines =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("outgoing-deadlines").factory());
  private final SequencedMap<OutgoingRoute, CloseableHttpClient> clients = new LinkedHashMap<>();
  private boolean closed;

  public OutgoingHttp(AddressRules rules) {
    this.rules = rules;
  }

  /// Sends a request and reads the answer.
  ///
  /// @throws IOException when there is none, with a message for the person who set the address
  public HttpAnswer send(HttpCall call, OutgoingRoute route) throws IOException {
    checkUri(call.uri());
    HttpUriRequestBase request = new HttpUriRequestBase(call.method(), call.uri());
    call.headers().forEach(request::setHeader);
    if (!call.contentType().isEmpty()) {
      request.setEntity(new ByteArrayEntity(call.body(), ContentType.parse(call.contentType())));
    }
    Future<?> deadline =
        deadlines.schedule(request::cancel, TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return client(route).execute(request, OutgoingHttp::read);
    } catch (RefusedAddressException e) {
      throw e;
    } catch (UnknownHostException e) {
      throw new IOException("the name " + call.uri().getHost() + " has no address", e);
    } catch (IOException e) {
      throw request.isCancelled() ? late(call, e) : e;
    } catch (IllegalStateException e) {
      // A request that is cancelled before its connection is there fails like that.
      if (request.isCancelled()) {
        throw late(call, e);
      }
      throw e;
    } finally {
      deadline.cancel(false);
    }
  }

  private static IOException late(HttpCall call, Exception cause) {
    return new IOException(
        call.uri().getHost() + " did not answer within " + TIMEOUT.toSeconds() + " s", cause);
  }

  private void checkUri(URI uri) throws IOException {
    String scheme = uri.getScheme();
    if (!"http".equals(scheme) && !"https".equals(scheme)) {
      throw new IOException("only http and https addresses are called, not " + scheme);
    }
    String host = uri.getHost();
    if (host == null || host.isEmpty()) {
      throw new IOException("the address names no host");
    }
    if (Network.parse(host.replaceAll("[\\[\\]]", "")).isPresent()) {
      // A literal is checked even when a proxy would make the connection.
      rules.resolve(host, Reach.ALLOWED);
    }
  }

  private static HttpAnswer read(ClassicHttpResponse response) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (Header header : response.getHeaders()) {
      headers.put(HttpAnswer.headerKey(header.getName()), header.getValue());
    }
    HttpEntity entity = response.getEntity();
    byte[] body = new byte[0];
    if (entity != null) {
      try (InputStream in = entity.getContent()) {
        body = in.readNBytes(ANSWER_BYTES);
        if (body.length == ANSWER_BYTES) {
          // The rest is not wanted: the connection is not worth reading it.
          return new HttpAnswer(response.getCode(), headers, body);
        }
      }
    }
    return new HttpAnswer(response.getCode(), headers, body);
  }

  private synchronized CloseableHttpClient client(OutgoingRoute route) throws IOException {
    if (closed) {
      throw new IOException("the hub is stopping");
    }
    CloseableHttpClient known = clients.remove(route);
    CloseableHttpClient client = known == null ? create(route) : known;
    clients.put(route, client);
    if (clients.size() > ROUTES) {
      clients.pollFirstEntry().getValue().close();
    }
    return client;
  }

  private CloseableHttpClient create(OutgoingRoute route) throws IOException {
    Timeout timeout = Timeout.of(TIMEOUT);
    HttpClientBuilder builder =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(new CheckedNames(rules))
                    .setTlsSocketStrategy(
                        ClientTlsStrategyBuilder.create().setSslContext(route.tls()).buildClassic())
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(timeout)
                            .setSocketTimeout(timeout)
                            .build())
                    .setDefaultSocketConfig(
                        SocketConfig.custom().setSoTimeout(timeout).setTcpNoDelay(true).build())
                    .setMaxConnPerRoute(4)
                    .setMaxConnTotal(32)
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
            .disableContentCompression()
            .setUserAgent("Evenkeel");
    route.proxy().ifPresent(proxy -> throughProxy(builder, proxy));
    return builder.build();
  }

  private static void throughProxy(HttpClientBuilder builder, URI proxy) {
    HttpHost relay = new HttpHost("http", proxy.getHost(), proxy.getPort());
    builder.setProxy(relay);
    String user = proxy.getUserInfo();
    if (user != null) {
      int colon = user.indexOf(':');
      BasicCredentialsProvider credentials = new BasicCredentialsProvider();
      credentials.setCredentials(
          new AuthScope(relay),
          new UsernamePasswordCredentials(
              colon < 0 ? user : user.substring(0, colon),
              (colon < 0 ? "" : user.substring(colon + 1)).toCharArray()));
      builder.setDefaultCredentialsProvider(credentials);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    deadlines.shutdownNow();
    for (CloseableHttpClient client : clients.values()) {
      client.close();
    }
  }

  /// Names to addresses, each checked.
  private static final class CheckedNames implements DnsResolver {
    private final AddressRules rules;

    CheckedNames(AddressRules rules) {
      this.rules = rules;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      return rules.resolve(host, Reach.ALLOWED);
    }

    @Override
    public @Nullable String resolveCanonicalHostname(String host) {
      return host;
    }
  }
}
