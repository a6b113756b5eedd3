package io.evenkeel.hub.config;

import io.evenkeel.hub.haproxy.HaproxySettings;
import io.evenkeel.hub.probe.ProbeForm;
import io.evenkeel.hub.scrape.ScrapeJob;
import io.evenkeel.model.outgoing.Network;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How a hub runs, from `evenkeel.yaml` and the command line. Immutable; checked as a whole by
/// [ConfigReader].
///
/// @param listen where it listens
/// @param publicUrl the address under which people reach it, when that is another
/// @param data the folder that holds everything it keeps
/// @param tls certificate and key, needed to listen beyond this machine
/// @param retention how long and how much it stores
/// @param collection how it watches its own machine
/// @param limits how much it takes from outside
/// @param outgoing what it may call
/// @param scrapeJobs what it fetches from others
/// @param probes the services that it asks, beside those of its settings
/// @param gatewayFile the load balancer's file; empty when its pools are kept in the settings
/// @param haproxy the HAProxy processes that it steers
/// @param agents where agents of other servers come in; empty when an administrator decides it in
///   the pages
public record EvenkeelConfig(
    Listen listen,
    Optional<String> publicUrl,
    Path data,
    Optional<Tls> tls,
    Retention retention,
    Collection collection,
    Limits limits,
    Outgoing outgoing,
    List<ScrapeJob> scrapeJobs,
    List<ProbeForm> probes,
    Optional<Path> gatewayFile,
    HaproxySettings haproxy,
    Optional<Listen> agents) {

  /// @param privateNetworks private networks that web addresses entered by people may lead into
  public record Outgoing(List<Network> privateNetworks) {
    public Outgoing {
      privateNetworks = List.copyOf(privateNetworks);
    }
  }

  /// An address to listen on.
  ///
  /// @param port 0 takes a free one
  public record Listen(String host, InetAddress address, int port) {
    /// Whether only this machine can reach it.
    public boolean isLoopback() {
      return address.isLoopbackAddress();
    }
  }

  /// PEM files.
  public record Tls(Path certificate, Path key) {}

  /// @param keep how long raw samples stay
  /// @param minutes how long their rollups by the minute stay
  /// @param hours how long their rollups by the hour stay
  /// @param sizeBytes how much the sealed blocks may take; 0 = half of what was free at the start
  public record Retention(Duration keep, Duration minutes, Duration hours, long sizeBytes) {}

  /// @param period how often this machine's agent collects at first; changed later in the settings
  /// @param instance the name of this machine; its host name when empty
  /// @param textfiles a folder of `*.prom` files to collect too
  public record Collection(Duration period, Optional<String> instance, Optional<Path> textfiles) {}

  /// @param ingestCompressedBytes the largest body of a delivery of samples
  /// @param ingestDecodedBytes the same, decompressed
  /// @param series how many series may be active at once
  /// @param seriesPerAgent how many of them one enrolled agent may bring
  /// @param queryTimeout how long a query may take
  /// @param querySamples how many samples a query may touch
  /// @param queryCacheBytes how much memory answers of range queries may take that are kept for the
  ///   next time; a sixteenth of the heap when empty, 0 for none
  public record Limits(
      int ingestCompressedBytes,
      int ingestDecodedBytes,
      int series,
      int seriesPerAgent,
      Duration queryTimeout,
      long querySamples,
      Optional<Long> queryCacheBytes) {}
}
