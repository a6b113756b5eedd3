package io.evenkeel.model.link;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Base64;

/// Exchanges a token for an identity, and an identity for a newer one.
public final class Enroller {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  static final String HEADERS =
      "Content-Type: text/plain\r\nUser-Agent: evenkeel-agent\r\n"
          + LinkProtocol.VERSION_HEADER
          + ": "
          + LinkProtocol.VERSION
          + "\r\n";

  private Enroller() {}

  /// Enrols this machine at a hub. The token is told only to the hub whose authority it names.
  ///
  /// @param name how the machine calls itself
  /// @throws EnrolmentRefusedException when the hub says no
  /// @throws IOException when the hub cannot be reached, or is another one
  public static AgentIdentity enrol(URI hub, EnrolmentToken token, String name, Machine machine)
      throws IOException {
    try {
      KeyPair keys = AgentIdentity.newKeys();
      byte[] body =
          new LinkMessage.Builder()
              .add("token", token.text())
              .add("name", name)
              .add("machine", machine.id())
              .add("boot", machine.boot())
              .add("csr", request(keys, name))
              .build()
              .bytes();
      try (HubConnection connection =
          new HubConnection(hub, PATIENCE, HubTrust.sockets(token.authority(), null))) {
        LinkMessage answer = ask(connection, LinkProtocol.ENROL, HEADERS, body);
        return new AgentIdentity(
            answer.needed("id"),
            answer.needed("instance"),
            hub.toString(),
            token.authority(),
            keys.getPrivate(),
            AgentIdentity.certificate(Base64.getDecoder().decode(answer.needed("certificate"))));
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("the certificate cannot be made: " + e.getMessage(), e);
    }
  }

  /// A newer identity with a new key, by the one that is still good.
  ///
  /// @param headers the sender's headers
  static AgentIdentity renew(AgentIdentity identity, HubConnection connection, String headers)
      throws IOException {
    try {
      KeyPair keys = AgentIdentity.newKeys();
      byte[] body =
          new LinkMessage.Builder().add("csr", request(keys, identity.hostId())).build().bytes();
      LinkMessage answer = ask(connection, LinkProtocol.RENEW, headers, body);
      return identity.renewed(
          keys.getPrivate(),
          AgentIdentity.certificate(Base64.getDecoder().decode(answer.needed("certificate"))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("the certificate cannot be renewed: " + e.getMessage(), e);
    }
  }

  private static String request(KeyPair keys, String name) throws GeneralSecurityException {
    return Base64.getEncoder().encodeToString(CertificateRequest.of(keys, name));
  }

  private static LinkMessage ask(HubConnection connection, String path, String headers, byte[] body)
      throws IOException {
    HubConnection.Answer answer = connection.post(path, headers, body, body.length);
    if (!answer.isTaken()) {
      throw new EnrolmentRefusedException(answer.status(), answer.body().strip());
    }
    return LinkMessage.parse(answer.body());
  }
}
