package io.evenkeel.model.link;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Trusts the one authority with a fingerprint, and no other: what a hub shows must be signed by it
/// and bear the name that was asked for. Safe for use by many threads.
public final class HubTrust extends X509ExtendedTrustManager {
  private final String fingerprint;

  private HubTrust(String fingerprint) {
    this.fingerprint = fingerprint;
  }

  /// TLS 1.3 sockets to the hub whose authority has a fingerprint.
  ///
  /// @param identity who the agent is; null before it has enrolled
  /// @throws GeneralSecurityException when this Java cannot do TLS
  public static SSLSocketFactory sockets(String fingerprint, @Nullable AgentIdentity identity)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    KeyManager[] keys = identity == null ? null : keys(identity);
    context.init(keys, new TrustManager[] {new HubTrust(fingerprint)}, null);
    return context.getSocketFactory();
  }

  private static KeyManager[] keys(AgentIdentity identity) throws GeneralSecurityException {
    KeyStore store = emptyStore();
    PrivateKey key = identity.key();
    store.setKeyEntry("agent", key, new char[0], new X509Certificate[] {identity.certificate()});
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      return store;
    } catch (IOException e) {
      throw new GeneralSecurityException("an empty key store cannot be made", e);
    }
  }

  /// The SHA-256 of a certificate, in lower-case hexadecimal.
  public static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
  }

  private X509ExtendedTrustManager authority(X509Certificate[] chain) throws CertificateException {
    try {
      for (X509Certificate certificate : chain) {
        if (fingerprint(certificate).equals(fingerprint)) {
          KeyStore store = emptyStore();
          store.setCertificateEntry("hub", certificate);
          TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
          factory.init(store);
          return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        }
      }
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the hub's certificate cannot be checked", e);
    }
    throw new CertificateException(
        "this is not the hub that gave the token: its authority has the fingerprint "
            + fingerprint(chain[chain.length - 1], "unreadable")
            + ", expected is "
            + fingerprint);
  }

  private static String fingerprint(X509Certificate certificate, String otherwise) {
    try {
      return fingerprint(certificate);
    } catch (GeneralSecurityException e) {
      return otherwise;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    authority(chain).checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    authority(chain).checkServerTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("a hub is only trusted together with its name");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw noClients();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw noClients();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw noClients();
  }

  private static CertificateException noClients() {
    return new CertificateException("an agent takes no connections");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
