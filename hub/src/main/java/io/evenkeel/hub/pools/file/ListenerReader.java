package io.evenkeel.hub.pools.file;

import io.evenkeel.gateway.config.ListenerConfig;
import io.evenkeel.gateway.config.Network;
import io.evenkeel.gateway.config.TlsConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads one of a gateway's `listeners`.
final class ListenerReader {
  private ListenerReader() {}

  /// A listener, and whether its port is opened by who reads.
  record Read(ListenerConfig listener, boolean isHere) {}

  /// @param reader who reads: files of a listener that others open need not be here
  static Optional<Read> read(GatewayFields in, Place reader) {
    boolean here =
        in.value("on", Place.EVERYWHERE, Place::of, "hub, gateways or everywhere").opensAt(reader);
    Optional<InetSocketAddress> address =
        in.required(
            "address", Parsers::address, "an address or a known name, and a port, as 0.0.0.0:8080");
    String name =
        in.value(
            "name",
            address.map(a -> a.getHostString() + ":" + a.getPort()).orElse(""),
            Parsers::word,
            "a name");
    boolean proxy = in.value("proxyProtocol", false, Parsers::yesNo, "true or false");
    List<Network> trusted = in.values("trusted", Network::parse, "a network such as 10.0.0.0/8");
    if (proxy && trusted.isEmpty()) {
      in.problemOf(
          "proxyProtocol",
          "'proxyProtocol' needs 'trusted': the networks whose headers are believed");
    }
    Optional<TlsConfig> tls = in.group("tls", Optional.empty(), tlsIn -> tls(tlsIn, here));
    return address.map(a -> new Read(new ListenerConfig(name, a, tls, proxy, trusted), here));
  }

  private static Optional<TlsConfig> tls(GatewayFields in, boolean here) {
    Function<String, Optional<Path>> file = here ? Parsers::readableFile : Parsers::path;
    List<TlsConfig.CertificateFiles> certificates = new ArrayList<>();
    in.each(
        "certificates",
        "a certificate",
        one -> {
          String expected = "a PEM file that can be read";
          Optional<Path> chain = one.required("chain", file, expected);
          Optional<Path> key = one.required("key", file, expected);
          chain
              .flatMap(c -> key.map(k -> new TlsConfig.CertificateFiles(c, k)))
              .ifPresent(certificates::add);
        });
    boolean http2 = in.value("http2", true, Parsers::yesNo, "true or false");
    if (!in.has("certificates")) {
      in.problem("'tls' needs 'certificates'");
    }
    return certificates.isEmpty()
        ? Optional.empty()
        : Optional.of(new TlsConfig(certificates, http2));
  }
}
