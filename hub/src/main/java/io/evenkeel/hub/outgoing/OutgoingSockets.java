package io.evenkeel.hub.outgoing;

import io.evenkeel.model.outgoing.AddressRules;
import io.evenkeel.model.outgoing.AddressRules.Reach;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Connections to servers that speak something else than HTTP. Safe for use by many threads.
public final class OutgoingSockets {
  private static final int LONGEST_HEAD = 8 << 10;

  private final AddressRules rules;

  public OutgoingSockets(AddressRules rules) {
    this.rules = rules;
  }

  /// Connects to a server, without TLS, to one of the addresses that were checked.
  ///
  /// @param timeout for the connection and then for each read
  public Socket open(String host, int port, OutgoingRoute route, Duration timeout)
      throws IOException {
    int millis = Math.toIntExact(timeout.toMillis());
    IOException failure = null;
    if (route.proxy().isPresent()) {
      return throughProxy(route.proxy().get(), host, port, millis);
    }
    for (InetAddress address : rules.resolve(host, Reach.PRIVATE_TOO)) {
      try {
        return connected(new Socket(), new InetSocketAddress(address, port), millis);
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure == null ? new IOException(host + " has no address") : failure;
  }

  /// Asks an HTTP proxy for a tunnel, by CONNECT (RFC 9110, 9.3.6).
  private Socket throughProxy(URI proxy, String host, int port, int millis) throws IOException {
    InetAddress relay = rules.resolve(proxy.getHost(), Reach.ALLOWED)[0];
    Socket socket =
        connected(new Socket(), new InetSocketAddress(relay, Math.max(1, proxy.getPort())), millis);
    try {
      String to = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
      StringBuilder request =
          new StringBuilder("CONNECT ").append(to).append(" HTTP/1.1\r\nHost: ");
      request.append(to).append("\r\n");
      if (proxy.getUserInfo() != null) {
        request
            .append("Proxy-Authorization: Basic ")
            .append(
                Base64.getEncoder()
                    .encodeToString(proxy.getUserInfo().getBytes(StandardCharsets.UTF_8)))
            .append("\r\n");
      }
      socket
          .getOutputStream()
          .write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
      String answer = head(socket.getInputStream());
      if (!answer.matches("(?s)HTTP/1\\.[01] 2\\d\\d .*")) {
        throw new IOException(
            "the proxy "
                + proxy.getHost()
                + " makes no connection to "
                + to
                + ": "
                + answer.lines().findFirst().orElse("no answer"));
      }
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// An answer's head, byte by byte: what follows belongs to the tunnel.
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < LONGEST_HEAD && head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int b = in.read();
      if (b < 0) {
        break;
      }
      // What could steer a terminal is not shown.
      head.append(b >= ' ' && b < 127 || b == '\r' || b == '\n' ? (char) b : '?');
    }
    return head.toString();
  }

  private static Socket connected(Socket socket, InetSocketAddress to, int millis)
      throws IOException {
    try {
      socket.connect(to, millis);
      socket.setSoTimeout(millis);
      socket.setTcpNoDelay(true);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new IOException(
          "no connection to " + to.getHostString() + ":" + to.getPort() + ": " + e.getMessage(), e);
    }
  }

  /// Begins TLS on a connection; the certificate must be the host's.
  public Socket secure(Socket plain, String host, int port, OutgoingRoute route)
      throws IOException {
    SSLSocket socket = (SSLSocket) tlsFor(host, route).createSocket(plain, host, port, true);
    try {
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new IOException("TLS with " + host + ":" + port + " failed: " + e.getMessage(), e);
    }
  }

  /// Makes TLS sockets over connections to one host, whatever name a library takes the connection's
  /// other end for.
  public SSLSocketFactory tlsFor(String host, OutgoingRoute route) throws IOException {
    return new NamedTls(host, route.tls().getSocketFactory());
  }

  private static final class NamedTls extends SSLSocketFactory {
    private final String host;
    private final SSLSocketFactory factory;

    NamedTls(String host, SSLSocketFactory factory) {
      this.host = host;
      this.factory = factory;
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return factory.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return factory.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(Socket plain, String ignored, int port, boolean autoClose)
        throws IOException {
      SSLSocket socket = (SSLSocket) factory.createSocket(plain, host, port, autoClose);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      return socket;
    }

    @Override
    public Socket createSocket(String other, int port) throws IOException {
      throw unpinned();
    }

    @Override
    public Socket createSocket(String other, int port, InetAddress local, int localPort)
        throws IOException {
      throw unpinned();
    }

    @Override
    public Socket createSocket(InetAddress other, int port) throws IOException {
      throw unpinned();
    }

    @Override
    public Socket createSocket(InetAddress other, int port, InetAddress local, int localPort)
        throws IOException {
      throw unpinned();
    }

    private static IOException unpinned() {
      return new IOException("connections are made before TLS begins, to checked addresses");
    }
  }
}
