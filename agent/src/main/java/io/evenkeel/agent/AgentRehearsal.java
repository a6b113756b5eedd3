package io.evenkeel.agent;

import io.evenkeel.model.link.AgentIdentity;
import io.evenkeel.model.link.HubInstructions;
import io.evenkeel.model.link.HubTrust;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/// Runs an agent, as a process of its own, for a few rounds against a TLS socket that takes
/// everything: so that its JVM can record which classes an agent needs, and no others. `./evenkeel`
/// makes the class archive of its own agents of them, the hub that of the agents it sends to other
/// servers.
///
/// usage: AgentRehearsal FOLDER COMMAND… (an agent whose --state is FOLDER, which is left there)
public final class AgentRehearsal {
  private static final int ROUNDS = 3;
  private static final int PATIENCE_MILLIS = 60_000;
  private static final String LENGTH = "content-length:";
  private static final String ALIAS = "rehearsal";
  private static final String PASSWORD = "rehearsal";

  private AgentRehearsal() {}

  public static void main(String[] args)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    KeyStore keys = keys(folder.resolve("keys.p12"));
    try (SSLServerSocket hub = socket(keys)) {
      identity(keys, hub.getLocalPort()).write(folder);
      hub.setSoTimeout(PATIENCE_MILLIS);
      Process agent = new ProcessBuilder(List.of(args).subList(1, args.length)).inheritIO().start();
      try (Socket connection = hub.accept()) {
        takeUntilGoodbye(connection, agent);
      } finally {
        agent.destroy();
      }
      agent.waitFor();
    }
  }

  /// A self-signed key, which is its own authority: `keytool` is a part of every Java runtime.
  private static KeyStore keys(Path file)
      throws IOException, GeneralSecurityException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + ALIAS,
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool made no key for the rehearsal");
    }
    return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  }

  private static SSLServerSocket socket(KeyStore keys)
      throws IOException, GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(factory.getKeyManagers(), null, null);
    return (SSLServerSocket)
        context
            .getServerSocketFactory()
            .createServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
  }

  private static AgentIdentity identity(KeyStore keys, int port) throws GeneralSecurityException {
    X509Certificate certificate = (X509Certificate) keys.getCertificate(ALIAS);
    return new AgentIdentity(
        ALIAS,
        ALIAS,
        "https://127.0.0.1:" + port,
        HubTrust.fingerprint(certificate),
        (PrivateKey) keys.getKey(ALIAS, PASSWORD.toCharArray()),
        certificate);
  }

  /// Takes what the agent sends; after some rounds it is told to stop, and says goodbye.
  private static void takeUntilGoodbye(Socket connection, Process agent) throws IOException {
    InputStream in = new BufferedInputStream(connection.getInputStream());
    HubInstructions told =
        new HubInstructions(
            ALIAS,
            Duration.ofSeconds(1),
            Set.of(),
            "",
            Clock.systemUTC().millis(),
            List.of(),
            List.of());
    byte[] body = told.message().bytes();
    String head = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n";
    for (int taken = 0; isMore(in); taken++) {
      in.skipNBytes(bodyBytes(in));
      connection.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      connection.getOutputStream().write(body);
      if (taken == ROUNDS) {
        agent.destroy();
      }
    }
  }

  private static boolean isMore(InputStream in) throws IOException {
    in.mark(1);
    boolean more = in.read() >= 0;
    in.reset();
    return more;
  }

  /// Reads a request's head and answers how long its body is.
  private static long bodyBytes(InputStream in) throws IOException {
    long length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
        length = Long.parseLong(line.substring(LENGTH.length()).strip());
      }
    }
    return length;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the agent closed its connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
