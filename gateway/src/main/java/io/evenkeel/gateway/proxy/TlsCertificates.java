package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.TlsConfig;
import io.evenkeel.gateway.event.GatewayEvent;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The certificates of a listener: the one whose name a client asks for (SNI), the first one else.
/// The files are read again when they change; files that cannot be used change nothing.
/// Thread-safe.
public final class TlsCertificates {
  private final String listener;
  private final TlsConfig config;
  private final InstantSource clock;
  private final Consumer<GatewayEvent> events;
  private volatile Loaded loaded;

  /// The certificates of a moment.
  ///
  /// @param first shown to clients that ask for no known name
  /// @param byName exact names and `*.` ones, in lower case
  /// @param times when each file was last changed, to see the next change
  private record Loaded(
      SslContext first,
      Map<String, SslContext> byName,
      Map<Path, FileTime> times,
      Instant validUntil) {}

  /// Certificates that cannot be used.
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// Reads the files.
  ///
  /// @throws Unusable when one cannot be read, key and certificate do not fit, or it has expired
  public TlsCertificates(
      String listener, TlsConfig config, InstantSource clock, Consumer<GatewayEvent> events)
      throws Unusable {
    this.listener = listener;
    this.config = config;
    this.clock = clock;
    this.events = events;
    this.loaded = load();
  }

  /// The configuration that it was made from.
  public TlsConfig config() {
    return config;
  }

  /// Reads the files again if one of them changed. To be called every few seconds, by one thread.
  public void refresh() {
    Loaded now = loaded;
    try {
      if (times().equals(now.times)) {
        return;
      }
      Loaded next = load();
      loaded = next;
      events.accept(
          new GatewayEvent.CertificatesLoaded(
              listener,
              config.certificates().size(),
              Duration.between(clock.instant(), next.validUntil)));
    } catch (Unusable | IOException e) {
      // Told once for each state of the files: an editor may be half way through.
      loaded = new Loaded(now.first, now.byName, timesOrEmpty(), now.validUntil);
      events.accept(new GatewayEvent.CertificatesRefused(listener, String.valueOf(e.getMessage())));
    }
  }

  private Map<Path, FileTime> times() throws IOException {
    Map<Path, FileTime> times = new HashMap<>();
    for (TlsConfig.CertificateFiles files : config.certificates()) {
      times.put(files.chain(), Files.getLastModifiedTime(files.chain()));
      times.put(files.key(), Files.getLastModifiedTime(files.key()));
    }
    return times;
  }

  private Map<Path, FileTime> timesOrEmpty() {
    try {
      return times();
    } catch (IOException e) {
      return Map.of();
    }
  }

  private Loaded load() throws Unusable {
    Map<Path, FileTime> times = timesOrEmpty();
    List<SslContext> contexts = new ArrayList<>();
    Map<String, SslContext> byName = new LinkedHashMap<>();
    Instant until = Instant.MAX;
    for (TlsConfig.CertificateFiles files : config.certificates()) {
      X509Certificate certificate = certificate(files.chain());
      Instant end = certificate.getNotAfter().toInstant();
      if (end.isBefore(clock.instant())) {
        throw new Unusable(files.chain() + " expired on " + end + ": renew it", null);
      }
      until = end.isBefore(until) ? end : until;
      SslContext context = context(files);
      contexts.add(context);
      for (String name : names(certificate)) {
        byName.putIfAbsent(name, context);
      }
    }
    return new Loaded(contexts.getFirst(), byName, times, until);
  }

  private SslContext context(TlsConfig.CertificateFiles files) throws Unusable {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(files.chain().toFile(), files.key().toFile())
              .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2");
      if (config.http2()) {
        builder.applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2,
                ApplicationProtocolNames.HTTP_1_1));
      }
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new Unusable(
          files.chain() + " and " + files.key() + " cannot be used together: " + cause.getMessage(),
          e);
    }
  }

  private static X509Certificate certificate(Path file) throws Unusable {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (IOException | CertificateException e) {
      throw new Unusable(file + " is no readable certificate in PEM form: " + e.getMessage(), e);
    }
  }

  private static List<String> names(X509Certificate certificate) throws Unusable {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> alternative : alternatives) {
          // 2 is dNSName (RFC 5280, section 4.2.1.6).
          if (Integer.valueOf(2).equals(alternative.get(0))) {
            names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateException e) {
      throw new Unusable("the certificate's names cannot be read: " + e.getMessage(), e);
    }
    return names;
  }

  /// Whether there is one certificate, which everybody gets.
  boolean isSingle() {
    return config.certificates().size() == 1;
  }

  ChannelHandler newHandler(ByteBufAllocator allocator) {
    return loaded.first.newHandler(allocator);
  }

  ChannelHandler newSniHandler() {
    return new SniHandler(this::forName);
  }

  private SslContext forName(@Nullable String asked) {
    Loaded now = loaded;
    if (asked == null) {
      return now.first;
    }
    String name = asked.toLowerCase(Locale.ROOT);
    SslContext exact = now.byName.get(name);
    if (exact != null) {
      return exact;
    }
    int dot = name.indexOf('.');
    SslContext wild = dot < 0 ? null : now.byName.get("*" + name.substring(dot));
    return wild == null ? now.first : wild;
  }

  /// When the first of them expires.
  public Instant validUntil() {
    return loaded.validUntil;
  }
}
