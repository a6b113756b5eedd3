package io.evenkeel.hub.enrolment;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// TLS at the agents' door: the hub shows a certificate of its own authority, and takes client
/// certificates of that authority only. A client that enrols has none yet, so none is needed here;
/// what a client may do is decided by what it showed.
public final class AgentTls {
  private static final Logger LOG = LoggerFactory.getLogger(AgentTls.class);
  private static final String ALIAS = "hub";

  private AgentTls() {}

  /// The context for the agents' listener.
  public static SSLContext context(CertificateAuthority authority, InstantSource clock) {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new HubKeys(authority)},
          new TrustManager[] {new OwnAgents(authority, clock)},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot speak TLS 1.3", e);
    }
  }

  /// The hub's key with its newest certificate.
  private static final class HubKeys extends X509ExtendedKeyManager {
    private final CertificateAuthority authority;

    HubKeys(CertificateAuthority authority) {
      this.authority = authority;
    }

    private static @Nullable String alias(String type) {
      return type.startsWith("EC") ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String type, Principal[] issuers, SSLEngine engine) {
      return alias(type);
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return alias(type);
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return alias(type) == null ? new String[0] : new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return authority.hubChain();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return authority.hubKey();
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return null;
    }
  }

  /// Takes certificates that the authority issued to agents and that have not ended.
  private static final class OwnAgents extends X509ExtendedTrustManager {
    private final CertificateAuthority authority;
    private final InstantSource clock;

    OwnAgents(CertificateAuthority authority, InstantSource clock) {
      this.authority = authority;
      this.clock = clock;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      X509Certificate shown = chain[0];
      try {
        shown.verify(authority.certificate().getPublicKey());
        shown.checkValidity(Date.from(clock.instant()));
        if (shown.getBasicConstraints() >= 0
            || shown.getExtendedKeyUsage() == null
            || !shown.getExtendedKeyUsage().contains("1.3.6.1.5.5.7.3.2")) {
          throw new CertificateException("it is not an agent's certificate");
        }
      } catch (GeneralSecurityException e) {
        LOG.warn(
            "A client certificate was refused ({}, issued by {}): {}",
            shown.getSubjectX500Principal(),
            shown.getIssuerX500Principal(),
            e.getMessage());
        throw new CertificateException("this hub does not know the certificate", e);
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw noServers();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw noServers();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw noServers();
    }

    private static CertificateException noServers() {
      return new CertificateException("the agents' door connects to nobody");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[] {authority.certificate()};
    }
  }
}
