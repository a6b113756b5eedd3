package io.evenkeel.hub.enrolment;

import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.Outcome.Reason;
import io.evenkeel.hub.settings.HostCollections;
import io.evenkeel.model.Text;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.link.HubInstructions;
import io.evenkeel.model.link.LinkProtocol;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What an enrolled agent may do at the hub's door, and what it is told. Safe for use by many
/// threads.
public final class AgentGate {
  private static final String COMMON_NAME = "CN=";

  private final Enrolment enrolment;
  private final AgentLinks links;
  private final CommandDesk commands;
  private final HostRegistry hosts;
  private final HostCollections collections;
  private final int mostSeries;
  private final InstantSource clock;

  /// @param mostSeries how many series one agent may bring
  public AgentGate(
      Enrolment enrolment,
      AgentLinks links,
      CommandDesk commands,
      HostRegistry hosts,
      HostCollections collections,
      int mostSeries,
      InstantSource clock) {
    this.enrolment = enrolment;
    this.links = links;
    this.commands = commands;
    this.hosts = hosts;
    this.collections = collections;
    this.mostSeries = mostSeries;
    this.clock = clock;
  }

  /// Whether a version of the link is one that this hub takes: its own and the one before.
  public static boolean speaks(int version) {
    return version == LinkProtocol.VERSION || version == LinkProtocol.VERSION - 1 && version > 0;
  }

  /// The agent that showed a certificate of the hub's authority.
  public Outcome<EnrolledAgent> recognise(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    if (!subject.startsWith(COMMON_NAME)) {
      return Outcome.refused(
          Reason.UNAUTHENTICATED, Text.of("This certificate names no server.", "该证书没有指明服务器。"));
    }
    return enrolment.recognise(
        subject.substring(COMMON_NAME.length()), Enrolment.serial(certificate));
  }

  /// Lets one start of an agent push; a refusal when another machine has this identity.
  public Outcome<EnrolledAgent> admit(EnrolledAgent agent, AgentLinks.Sender sender) {
    return links
        .admit(agent, sender)
        .<Outcome<EnrolledAgent>>map(clone -> Outcome.refused(Reason.CONFLICT, clone))
        .orElseGet(() -> Outcome.done(agent));
  }

  /// The names under which an agent's samples may come.
  public Set<String> names(EnrolledAgent agent) {
    Set<String> names = new HashSet<>(agent.former());
    names.add(agent.instance());
    return names;
  }

  /// How many series one agent may bring.
  public int mostSeries() {
    return mostSeries;
  }

  /// How often an agent collects now, milliseconds.
  public long periodMillis(EnrolledAgent agent) {
    return collections.of(agent.hostId()).period().toMillis();
  }

  /// Notes that an agent's samples were stored, as far as they were not refused.
  public void reported(EnrolledAgent agent, AgentLinks.Sender sender, AgentLinks.Refused refused) {
    Long newest = hosts.find(agent.hostId()).map(Host::lastSampleAt).orElse(null);
    links.reported(
        agent.hostId(),
        sender,
        newest == null ? sender.clockMillis() : newest,
        periodMillis(agent),
        refused);
  }

  /// What an agent is told in the answer to a push.
  ///
  /// @param probes what the probes it is to run are called together; empty for none
  public HubInstructions instructions(EnrolledAgent agent, String probes) {
    HostCollections.InForce collection = collections.of(agent.hostId());
    return new HubInstructions(
        agent.instance(),
        collection.period(),
        collection.switchedOff(),
        probes,
        clock.millis(),
        commands.outstanding(agent.hostId()),
        List.of());
  }

  /// Takes the result of a command.
  public void answered(EnrolledAgent agent, CommandResult result) {
    commands.answered(agent.hostId(), result);
  }

  /// Notes that an agent stops on purpose.
  public void stopped(EnrolledAgent agent) {
    links.stopped(agent.hostId());
  }

  /// A new certificate for an agent.
  public Outcome<Enrolment.Admission> renew(EnrolledAgent agent, byte[] request) {
    return enrolment.renew(agent, request);
  }
}
