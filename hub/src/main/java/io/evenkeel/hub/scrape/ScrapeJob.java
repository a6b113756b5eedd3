package io.evenkeel.hub.scrape;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Targets that are scraped alike: one entry of Prometheus's `scrape_configs`. Immutable.
///
/// @param interval how often
/// @param timeout how long one scrape may take altogether, at most the interval
/// @param path the path of the page, with its leading slash
/// @param scheme `http` or `https`
/// @param params of the query
/// @param honorLabels whether the page's labels win over the target's; else they become
///   `exported_…`
/// @param honorTimestamps whether the times that the page says are taken
/// @param nativeHistograms whether to ask for protobuf, the format that has them
/// @param authorities a PEM file of certificates to trust instead of the platform's
public record ScrapeJob(
    String name,
    Duration interval,
    Duration timeout,
    String path,
    String scheme,
    Map<String, List<String>> params,
    List<TargetGroup> staticTargets,
    List<TargetFiles> files,
    List<RelabelRule> relabel,
    List<RelabelRule> metricRelabel,
    boolean honorLabels,
    boolean honorTimestamps,
    boolean nativeHistograms,
    Limits limits,
    Credentials credentials,
    Optional<Path> authorities) {

  /// What one scrape may bring; beyond any of these, the whole of it fails. 0 = no limit but the
  /// store's.
  ///
  /// @param samples after relabelling
  /// @param labels of one series
  /// @param labelNameBytes of one label
  /// @param labelValueBytes of one label
  /// @param bodyBytes of the page, decompressed
  /// @param targets of the job; beyond, none is scraped
  public record Limits(
      int samples,
      int labels,
      int labelNameBytes,
      int labelValueBytes,
      long bodyBytes,
      int targets) {}

  /// How a scrape proves who it is.
  public sealed interface Credentials {
    /// Not at all.
    record None() implements Credentials {}

    /// HTTP's Basic, over TLS or not as the job says.
    ///
    /// @param password or, when it is given, the file that holds it, read at each scrape
    record Basic(String user, String password, Optional<Path> passwordFile) implements Credentials {
      /// Hides the password from logs.
      @Override
      public String toString() {
        return "Basic[user=" + user + "]";
      }
    }

    /// An Authorization header of a type, usually `Bearer`.
    ///
    /// @param secret or, when it is given, the file that holds it, read at each scrape
    record Token(String type, String secret, Optional<Path> file) implements Credentials {
      /// Hides the secret from logs.
      @Override
      public String toString() {
        return "Token[type=" + type + "]";
      }
    }
  }

  public ScrapeJob {
    params = Map.copyOf(params);
    staticTargets = List.copyOf(staticTargets);
    files = List.copyOf(files);
    relabel = List.copyOf(relabel);
    metricRelabel = List.copyOf(metricRelabel);
  }
}
