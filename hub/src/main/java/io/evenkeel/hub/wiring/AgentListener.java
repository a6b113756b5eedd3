package io.evenkeel.hub.wiring;

import io.evenkeel.hub.api.AgentDoor;
import io.evenkeel.hub.config.ConfigReader;
import io.evenkeel.hub.config.EvenkeelConfig.Listen;
import io.evenkeel.hub.enrolment.AgentPort;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.settings.AgentAddress;
import io.evenkeel.model.Text;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http1.Http1Config;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listening socket for agents: HTTP/1.1 over TLS 1.3 with the hub's own authority, opened when
/// an administrator says where. Safe for use by many threads.
final class AgentListener implements AgentPort, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentListener.class);

  private final AgentDoor door;
  private final SSLContext tls;
  private final AgentAddress address;
  private final List<String> names;
  private @Nullable WebServer server;
  private String listening = "";

  /// @param address where it listens, kept in the settings
  /// @param names by which other servers may reach this machine
  AgentListener(AgentDoor door, SSLContext tls, AgentAddress address, List<String> names) {
    this.door = door;
    this.tls = tls;
    this.address = address;
    this.names = List.copyOf(names);
  }

  /// Opens it where it was last, or where the configuration says.
  void start(Optional<Listen> configured) throws StartFailure {
    if (configured.isPresent()) {
      open(configured.get());
      return;
    }
    Optional<Listen> kept = address.current().flatMap(ConfigReader::listen);
    if (kept.isPresent()) {
      try {
        open(kept.get());
      } catch (StartFailure e) {
        LOG.error("Agents cannot come in: {}", e.getMessage());
      }
    }
  }

  private synchronized void open(Listen listen) throws StartFailure {
    WebListener.checkFree(listen, "--agents");
    WebServer opened =
        WebListener.server(listen, door::handle)
            .addProtocol(Http1Config.builder().build())
            .tls(
                Tls.builder()
                    .sslContext(tls)
                    .enabledProtocols(List.of("TLSv1.3"))
                    .applicationProtocols(List.of("http/1.1"))
                    .clientAuth(TlsClientAuth.OPTIONAL)
                    .build())
            .build();
    opened.start();
    if (!opened.isRunning()) {
      throw new StartFailure("agents cannot come in: see the lines above", null);
    }
    server = opened;
    listening = listen.host() + ":" + opened.port();
    LOG.info("Agents come in on {}", listening);
  }

  @Override
  public synchronized Optional<String> listening() {
    return server == null ? Optional.empty() : Optional.of(listening);
  }

  @Override
  public synchronized int port() {
    WebServer open = server;
    return open == null ? 0 : open.port();
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public synchronized Outcome<String> listen(String text, String actor) {
    Optional<Listen> listen = ConfigReader.listen(text);
    if (listen.isEmpty()) {
      return Outcome.invalid(
          "listen",
          Text.of(
              "This takes an address and port, such as 0.0.0.0:9596.",
              "请输入地址和端口，例如 0.0.0.0:9596。"));
    }
    if (text.equals(listening)) {
      return Outcome.done(text);
    }
    WebServer before = server;
    try {
      open(listen.get());
    } catch (StartFailure e) {
      return Outcome.invalid(
          "listen", Text.of(String.valueOf(e.getMessage()), "无法监听：" + e.getMessage()));
    }
    if (before != null) {
      before.stop();
    }
    address.change(listening, actor);
    return Outcome.done(listening);
  }

  @Override
  public synchronized void close() {
    WebServer open = server;
    server = null;
    if (open != null) {
      open.stop();
    }
  }
}
