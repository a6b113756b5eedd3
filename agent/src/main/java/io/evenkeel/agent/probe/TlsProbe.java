package io.evenkeel.agent.probe;

import io.evenkeel.agent.probe.ProbeFailure.Kind;
import io.evenkeel.agent.probe.ProbeResult.Answer;
import io.evenkeel.model.outgoing.Authorities;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Begins TLS as a client that verifies, and tells of the certificates even when they are refused.
/// Safe for use by many threads.
final class TlsProbe {
  private final InstantSource clock;
  private @Nullable X509ExtendedTrustManager usual;

  TlsProbe(InstantSource clock) {
    this.clock = clock;
  }

  /// Java's own authorities, read when the first probe needs them: they take megabytes, which an
  /// agent that only sends echo requests has other uses for.
  private synchronized X509ExtendedTrustManager usual() throws GeneralSecurityException {
    X509ExtendedTrustManager known = usual;
    if (known == null) {
      known = trust(null);
      usual = known;
    }
    return known;
  }

  /// Secures a connection to a host.
  ///
  /// @param authorities certificates in PEM to trust instead of the platform's; empty for those
  SSLSocket secure(Attempt attempt, Socket plain, String host, int port, String authorities)
      throws ProbeFailedException {
    long begun = attempt.begin("tls");
    Watched watched = new Watched(trusted(authorities));
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {watched}, null);
      SSLSocket socket =
          attempt.hold(
              (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true));
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(attempt.leftMillis());
      socket.startHandshake();
      attempt.end("tls", begun);
      String version = socket.getSession().getProtocol().replace("TLSv", "TLS ");
      attempt.sample("probe_tls_version_info", "version", version, 1);
      note(attempt, version, watched.chain);
      return socket;
    } catch (GeneralSecurityException e) {
      throw new ProbeFailedException(Kind.TLS, Attempt.text(e), e);
    } catch (SSLException e) {
      note(attempt, null, watched.chain);
      throw failure(e, watched);
    } catch (IOException e) {
      throw attempt.failed(e);
    }
  }

  private static void note(
      Attempt attempt, @Nullable String version, X509Certificate @Nullable [] chain) {
    Long ends = null;
    if (chain != null && chain.length > 0) {
      ends =
          Arrays.stream(chain)
              .map(one -> one.getNotAfter().getTime())
              .min(Comparator.naturalOrder())
              .orElseThrow();
      attempt.sample("probe_ssl_earliest_cert_expiry", ends / 1_000);
    }
    Answer before = attempt.answer();
    attempt.answer(new Answer(before.status(), version, ends, before.records()));
  }

  private X509ExtendedTrustManager trusted(String authorities) throws ProbeFailedException {
    try {
      if (authorities.isBlank()) {
        return usual();
      }
      return trust(Authorities.read(authorities));
    } catch (IOException | GeneralSecurityException e) {
      throw new ProbeFailedException(Kind.TLS, Attempt.text(e), e);
    }
  }

  private static X509ExtendedTrustManager trust(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("Java has no manager of certificates"));
  }

  private ProbeFailedException failure(SSLException e, Watched watched) {
    X509Certificate[] chain = watched.chain;
    if (chain == null || chain.length == 0 || watched.accepted) {
      return new ProbeFailedException(Kind.TLS, Attempt.text(e), e);
    }
    Instant now = clock.instant();
    for (X509Certificate one : chain) {
      if (one.getNotAfter().toInstant().isBefore(now)) {
        return new ProbeFailedException(
            Kind.CERTIFICATE_EXPIRED, date(one.getNotAfter().toInstant()), e);
      }
      if (one.getNotBefore().toInstant().isAfter(now)) {
        return new ProbeFailedException(
            Kind.CERTIFICATE_NOT_YET_VALID, date(one.getNotBefore().toInstant()), e);
      }
    }
    X509Certificate own = chain[0];
    if (watched.vouches(chain)) {
      return new ProbeFailedException(Kind.CERTIFICATE_OTHER_NAME, names(own), e);
    }
    return own.getSubjectX500Principal().equals(own.getIssuerX500Principal())
        ? new ProbeFailedException(
            Kind.CERTIFICATE_SELF_SIGNED, own.getSubjectX500Principal().getName(), e)
        : new ProbeFailedException(
            Kind.CERTIFICATE_UNTRUSTED, own.getIssuerX500Principal().getName(), e);
  }

  private static String date(Instant time) {
    return time.toString().substring(0, 10);
  }

  private static String names(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      if (names != null) {
        return names.stream()
            .map(name -> String.valueOf(name.get(1)))
            .limit(8)
            .collect(Collectors.joining(", "));
      }
    } catch (CertificateException e) {
      return certificate.getSubjectX500Principal().getName();
    }
    return certificate.getSubjectX500Principal().getName();
  }

  /// Trusts whom the other one trusts, and remembers what was shown.
  private static final class Watched extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager manager;
    private volatile X509Certificate @Nullable [] chain;
    private volatile boolean accepted;

    Watched(X509ExtendedTrustManager manager) {
      this.manager = manager;
    }

    /// Whether a chain is good for some name.
    boolean vouches(X509Certificate[] shown) {
      try {
        manager.checkServerTrusted(shown, "UNKNOWN");
        return true;
      } catch (CertificateException e) {
        return false;
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type, Socket socket)
        throws CertificateException {
      chain = shown.clone();
      manager.checkServerTrusted(shown, type, socket);
      // Java does not look at the dates of a certificate that is trusted by itself.
      shown[0].checkValidity();
      accepted = true;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type, SSLEngine engine)
        throws CertificateException {
      manager.checkServerTrusted(shown, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type)
        throws CertificateException {
      manager.checkServerTrusted(shown, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type, Socket socket)
        throws CertificateException {
      manager.checkClientTrusted(shown, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type, SSLEngine engine)
        throws CertificateException {
      manager.checkClientTrusted(shown, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type)
        throws CertificateException {
      manager.checkClientTrusted(shown, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return manager.getAcceptedIssuers();
    }
  }
}
