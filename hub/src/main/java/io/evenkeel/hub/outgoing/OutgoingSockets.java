package io.evenkeel.hub.outgoing;

import io.evenkeel.hub.outgoing.AddressRules.Reach;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Connections to servers that speak something else than HTTP. Safe for use by many threads.
public final class OutgoingSockets {
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
      URI proxy = route.proxy().get();
      InetAddress relay = rules.resolve(proxy.getHost(), Reach.ALLOWED)[0];
      return connected(
          new Socket(
              new Proxy(
                  Proxy.Type.HTTP, new InetSocketAddress(relay, Math.max(1, proxy.getPort())))),
          InetSocketAddress.createUnresolved(host, port),
          millis);
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
