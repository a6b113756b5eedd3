package io.evenkeel.hub.ingest;

import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who brings samples.
///
/// @param name under which its samples are counted: one of a few names, never a value from outside
/// @param account for whom the store counts and limits new series; empty for the hub itself. A
///   sender must not be able to choose it
/// @param mostSeries how many series the account may have brought; the store's own limit when that
///   is less
/// @param complete whether a batch holds everything its hosts reported at its newest time
/// @param agentVersion the version of our agent, null when something else sends; for agents the hub
///   writes `up`
/// @param periodMillis how often it sends, when that is known
/// @param os the operating system of its host in words, when that is known
/// @param self whether it is the agent inside the hub
/// @param instances the values of the label `instance` that its samples may have; null for any
public record Source(
    String name,
    String account,
    int mostSeries,
    boolean complete,
    @Nullable String agentVersion,
    OptionalLong periodMillis,
    @Nullable String os,
    boolean self,
    @Nullable Set<String> instances) {
  private static final int ANY = Integer.MAX_VALUE;

  /// The agent inside the hub.
  public static Source ownAgent(String version, long periodMillis, String os) {
    return new Source(
        "agent", "", ANY, true, version, OptionalLong.of(periodMillis), os, true, null);
  }

  /// An agent of ours that pushes over the network.
  public static Source pushingAgent(String version, String account) {
    return new Source(
        "agent", account, ANY, true, version, OptionalLong.empty(), null, false, null);
  }

  /// An agent of ours that enrolled.
  ///
  /// @param mostSeries how many series it may bring
  /// @param instances the names that its host has and had
  public static Source enrolledAgent(
      String version,
      String hostId,
      int mostSeries,
      long periodMillis,
      String os,
      Set<String> instances) {
    return new Source(
        "agent",
        "agent:" + hostId,
        mostSeries,
        true,
        version,
        OptionalLong.of(periodMillis),
        os.isEmpty() ? null : os,
        false,
        instances);
  }

  /// Anything else that speaks remote write.
  public static Source remoteWrite(String account) {
    return new Source(
        "remote_write", account, ANY, false, null, OptionalLong.empty(), null, false, null);
  }

  /// Anything that sends OpenTelemetry's metrics.
  public static Source otlp(String account) {
    return new Source("otlp", account, ANY, false, null, OptionalLong.empty(), null, false, null);
  }

  /// A probe of the hub's own.
  public static Source probe() {
    return new Source("probe", "", ANY, false, null, OptionalLong.empty(), null, false, null);
  }

  /// A probe that an agent runs.
  ///
  /// @param hostId the agent's host
  public static Source probeOf(String hostId) {
    return new Source(
        "probe", "agent:" + hostId, ANY, false, null, OptionalLong.empty(), null, false, null);
  }

  /// A target that the hub fetches pages from.
  ///
  /// @param account its job and address
  public static Source scrape(String account, long periodMillis) {
    return new Source(
        "scrape", account, ANY, true, null, OptionalLong.of(periodMillis), null, false, null);
  }
}
