package io.evenkeel.model.link;

/// What both ends of the link agree on: paths, headers and the version.
public final class LinkProtocol {
  /// The version of the link that this build speaks. A hub takes this one and the one before.
  public static final int VERSION = 1;

  /// Exchanges a token and a certificate request for a certificate.
  public static final String ENROL = "/agent/v1/enrol";

  /// Exchanges a certificate request for a new certificate.
  public static final String RENEW = "/agent/v1/renew";

  /// Takes samples by remote write; its answer is a [HubInstructions].
  public static final String WRITE = "/agent/v1/write";

  /// Takes results of commands.
  public static final String RESULTS = "/agent/v1/results";

  /// Takes what came of a profile.
  public static final String PROFILES = "/agent/v1/profiles";

  /// Lists the probes that the agent is to run.
  public static final String PROBES = "/agent/v1/probes";

  /// Says one of those probes.
  public static final String PROBE = "/agent/v1/probe";

  /// Takes what came of probes.
  public static final String PROBE_RESULTS = "/agent/v1/probe-results";

  /// Says that the agent stops on purpose.
  public static final String BYE = "/agent/v1/bye";

  /// The script that sets an agent up.
  public static final String INSTALL = "/agent/v1/install.sh";

  /// The agent's files in an archive; the architecture follows after a slash, or `jar` for the
  /// agent without a Java runtime.
  public static final String ARCHIVE = "/agent/v1/archive";

  /// The sender's [#VERSION].
  public static final String VERSION_HEADER = "X-Evenkeel-Link";

  /// A random text for each start of an agent, by which the hub tells two senders apart.
  public static final String RUN_HEADER = "X-Evenkeel-Run";

  /// The kernel's boot id.
  public static final String BOOT_HEADER = "X-Evenkeel-Boot";

  /// The SHA-256 of the machine's id.
  public static final String MACHINE_HEADER = "X-Evenkeel-Machine";

  /// The sender's clock, epoch milliseconds.
  public static final String TIME_HEADER = "X-Evenkeel-Time";

  /// How many requests its buffer had to drop so far.
  public static final String DROPPED_HEADER = "X-Evenkeel-Dropped";

  private LinkProtocol() {}
}
