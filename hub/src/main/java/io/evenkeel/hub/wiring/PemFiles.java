package io.evenkeel.hub.wiring;

import io.evenkeel.hub.config.EvenkeelConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// Certificate and key from PEM files, as a TLS context.
final class PemFiles {
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private PemFiles() {}

  /// Reads both files.
  ///
  /// @throws StartFailure when one is not what it should be
  static SSLContext context(EvenkeelConfig.Tls files) throws StartFailure {
    PrivateKey key = key(files.key());
    Certificate[] chain = chain(files.certificate());
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("hub", key, new char[0], chain);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new StartFailure(
          files.certificate()
              + " and "
              + files.key()
              + " do not make a TLS identity: "
              + e.getMessage(),
          e);
    }
  }

  private static Certificate[] chain(Path file) throws StartFailure {
    try (InputStream in = Files.newInputStream(file)) {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(in)
              .toArray(new Certificate[0]);
      if (chain.length == 0) {
        throw new StartFailure(
            file + " holds no certificate: it needs PEM, the hub's own certificate first", null);
      }
      return chain;
    } catch (IOException | GeneralSecurityException e) {
      throw new StartFailure(file + " is not a certificate in PEM: " + e.getMessage(), e);
    }
  }

  private static PrivateKey key(Path file) throws StartFailure {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new StartFailure("cannot read the TLS key " + file + ": " + e.getMessage(), e);
    }
    Matcher pem = PKCS8.matcher(text);
    if (pem.find()) {
      byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
      for (String algorithm : ALGORITHMS) {
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (InvalidKeySpecException e) {
          continue; // a key of another algorithm
        } catch (GeneralSecurityException e) {
          throw new StartFailure("this Java has no " + algorithm + " keys: use another JDK", e);
        }
      }
    }
    throw new StartFailure(
        file
            + " is not an unencrypted PKCS#8 key: convert it with 'openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW_KEY'",
        null);
  }
}
