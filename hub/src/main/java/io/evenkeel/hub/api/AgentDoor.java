package io.evenkeel.hub.api;

import io.evenkeel.agent.probe.Probe;
import io.evenkeel.agent.probe.ProbeMessages;
import io.evenkeel.hub.enrolment.AgentArchive;
import io.evenkeel.hub.enrolment.AgentGate;
import io.evenkeel.hub.enrolment.AgentLinks;
import io.evenkeel.hub.enrolment.EnrolledAgent;
import io.evenkeel.hub.enrolment.Enrolment;
import io.evenkeel.hub.ingest.RemoteWrite;
import io.evenkeel.hub.ingest.Source;
import io.evenkeel.hub.probe.ProbingServer;
import io.evenkeel.hub.probe.ServerProbes;
import io.evenkeel.hub.profile.Profiles;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.model.Text;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.link.LinkMessage;
import io.evenkeel.model.link.LinkMessageException;
import io.evenkeel.model.link.LinkProtocol;
import io.evenkeel.model.profile.ProfileFormatException;
import io.evenkeel.model.profile.ProfileReport;
import io.evenkeel.model.profile.RecordedProfile;
import io.evenkeel.model.remotewrite.RemoteWriteVersion;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The door for agents, on a port of its own with the hub's own TLS: enrolment, samples, results of
/// commands, profiles, and the files of the agent itself. Everything but the first and the last
/// takes a certificate that the hub issued. Safe for use by many threads.
public final class AgentDoor {
  private static final Logger LOG = LoggerFactory.getLogger(AgentDoor.class);
  private static final Pattern AGENT =
      Pattern.compile("evenkeel-agent/([0-9A-Za-z.+-]{1,40})(?: \\((.{0,120})\\))?");
  private static final Pattern WORD = Pattern.compile("[0-9A-Za-z-]{1,64}");
  private static final int RETRY_AFTER_SECONDS = 5;
  private static final String TEXT = "text/plain; charset=utf-8";

  private final AgentGate gate;
  private final Enrolment enrolment;
  private final RemoteWrite remoteWrite;
  private final AgentArchive archive;
  private final Profiles profiles;
  private final ServerProbes probes;
  private final Function<EnrolledAgent, ProbingServer> probing;
  private final HubMetrics metrics;

  /// @param probing what probes are to know of an agent's server
  public AgentDoor(
      AgentGate gate,
      Enrolment enrolment,
      RemoteWrite remoteWrite,
      AgentArchive archive,
      Profiles profiles,
      ServerProbes probes,
      Function<EnrolledAgent, ProbingServer> probing,
      HubMetrics metrics) {
    this.gate = gate;
    this.enrolment = enrolment;
    this.remoteWrite = remoteWrite;
    this.archive = archive;
    this.profiles = profiles;
    this.probes = probes;
    this.probing = probing;
    this.metrics = metrics;
  }

  /// Answers one request.
  public void handle(ServerRequest request, ServerResponse response) {
    long begun = System.nanoTime();
    String method = request.prologue().method().text();
    String path = request.path().rawPathNoParams();
    String label = "none";
    try {
      label = answer(method, path, request, response);
    } catch (ApiException e) {
      send(response, e.status(), e.getMessage() + "\n");
    } catch (LinkMessageException e) {
      send(response, 400, e.getMessage() + "\n");
    } catch (UncheckedIOException | IOException e) {
      LOG.debug("an agent went away: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      send(response, 503, "the hub is stopping\n");
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", method, path, e);
      send(response, 500, "the hub failed; its log says why\n");
    } finally {
      metrics.http(method, label, response.status().code(), System.nanoTime() - begun);
    }
  }

  private String answer(String method, String path, ServerRequest request, ServerResponse response)
      throws IOException, InterruptedException {
    if (method.equals("GET")) {
      return file(path, response);
    }
    if (!method.equals("POST")) {
      throw ApiException.methodNotAllowed("GET, POST");
    }
    checkVersion(request);
    switch (path) {
      case LinkProtocol.ENROL -> enrol(request, response);
      case LinkProtocol.RENEW -> renew(request, response);
      case LinkProtocol.WRITE -> write(request, response);
      case LinkProtocol.RESULTS -> results(request, response);
      case LinkProtocol.PROFILES -> profile(request, response);
      case LinkProtocol.PROBES -> probes(request, response);
      case LinkProtocol.PROBE -> probe(request, response);
      case LinkProtocol.PROBE_RESULTS -> probeResults(request, response);
      case LinkProtocol.BYE -> {
        gate.stopped(admitted(request));
        send(response, 200, "");
      }
      default ->
          throw ApiException.notFound(
              Text.of("There is nothing for agents at " + path + ".", path + " 处没有供代理使用的内容。"));
    }
    return path;
  }

  // --- the agent's files ---

  private String file(String path, ServerResponse response) throws IOException {
    if (path.equals(LinkProtocol.INSTALL)) {
      send(response, 200, archive.script());
      return path;
    }
    if (path.startsWith(LinkProtocol.ARCHIVE + "/")) {
      String wanted = path.substring(LinkProtocol.ARCHIVE.length() + 1);
      switch (archive.file(wanted)) {
        case AgentArchive.Found.Archive(Path file) -> {
          response.status(200);
          response.header(HeaderNames.CONTENT_TYPE, "application/gzip");
          response.contentLength(Files.size(file));
          try (OutputStream out = response.outputStream()) {
            Files.copy(file, out);
          }
        }
        case AgentArchive.Found.Missing(String reason) -> send(response, 404, reason + "\n");
      }
      return LinkProtocol.ARCHIVE;
    }
    throw ApiException.notFound(
        Text.of("There is nothing for agents at " + path + ".", path + " 处没有供代理使用的内容。"));
  }

  // --- enrolment ---

  private void enrol(ServerRequest request, ServerResponse response) throws IOException {
    LinkMessage message = message(request);
    Enrolment.Admission admission =
        Outcomes.resultOf(
            enrolment.enrol(
                new Enrolment.Application(
                    message.needed("token"),
                    message.needed("name"),
                    message.needed("machine"),
                    message.needed("boot"),
                    base64(message.needed("csr"))),
                peer(request)));
    send(response, 200, certificate(admission).toString());
  }

  private void renew(ServerRequest request, ServerResponse response) throws IOException {
    EnrolledAgent agent = admitted(request);
    byte[] csr = base64(message(request).needed("csr"));
    send(response, 200, certificate(Outcomes.resultOf(gate.renew(agent, csr))).toString());
  }

  private static LinkMessage certificate(Enrolment.Admission admission) {
    try {
      return new LinkMessage.Builder()
          .add("id", admission.agent().hostId())
          .add("instance", admission.agent().instance())
          .add(
              "certificate",
              Base64.getEncoder().encodeToString(admission.certificate().getEncoded()))
          .build();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("the hub's own certificate cannot be encoded", e);
    }
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(Text.of("'csr' is not base64.", "“csr”不是 base64。"));
    }
  }

  // --- samples and commands ---

  private void write(ServerRequest request, ServerResponse response)
      throws IOException, InterruptedException {
    AgentLinks.Sender sender = sender(request);
    EnrolledAgent agent = Outcomes.resultOf(gate.admit(known(request), sender));
    String version = sender.version();
    Source source =
        Source.enrolledAgent(
            version == null ? "unknown" : version,
            agent.hostId(),
            gate.mostSeries(),
            gate.periodMillis(agent),
            os(request),
            gate.names(agent));
    byte[] body = Bodies.read(request, remoteWrite.limits().compressedBytes());
    AgentLinks.Refused[] refused = {AgentLinks.Refused.NOTHING};
    IngestRoutes.Answer answer =
        IngestRoutes.answer(() -> {
          RemoteWrite.Result result = remoteWrite.accept(RemoteWriteVersion.V1, body, source);
          refused[0] = new AgentLinks.Refused(result.refused(), oneLine(result.refusal()));
          return new IngestRoutes.Answer(200, "", "", 0);
        });
    metrics.delivery("agent", answer.status());
    if (answer.status() != 200) {
      metrics.refusedDelivery("agent", answer.reason());
      if (answer.status() == 503) {
        response.header("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
      }
      send(response, answer.status(), answer.text() + "\n");
      return;
    }
    gate.reported(agent, sender, refused[0]);
    LinkMessage told = gate.instructions(agent, probes.revision(probing.apply(agent))).message();
    String why = refused[0].why();
    send(response, 200, told + (why.isEmpty() ? "" : "refused " + why + "\n"));
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ");
  }

  private void results(ServerRequest request, ServerResponse response) throws IOException {
    EnrolledAgent agent = admitted(request);
    for (String result : message(request).values("result")) {
      try {
        gate.answered(agent, CommandResult.parse(result));
      } catch (IllegalArgumentException e) {
        throw ApiException.badRequest(
            Text.of(String.valueOf(e.getMessage()), "内容有误：" + e.getMessage()));
      }
    }
    send(response, 200, "");
  }

  private void profile(ServerRequest request, ServerResponse response) {
    EnrolledAgent agent = admitted(request);
    try {
      profiles.delivered(
          agent.hostId(), ProfileReport.parse(Bodies.read(request, RecordedProfile.MOST_BYTES)));
    } catch (ProfileFormatException e) {
      throw ApiException.badRequest(
          Text.of(String.valueOf(e.getMessage()), "内容有误：" + e.getMessage()));
    }
    send(response, 200, "");
  }

  // --- probes ---

  private void probes(ServerRequest request, ServerResponse response) {
    ProbingServer server = probing.apply(admitted(request));
    send(response, 200, ProbeMessages.orders(probes.orders(server)).toString());
  }

  private void probe(ServerRequest request, ServerResponse response) throws IOException {
    ProbingServer server = probing.apply(admitted(request));
    List<ProbeMessages.Order> asked = ProbeMessages.orders(message(request));
    Optional<Probe> probe =
        asked.size() == 1 ? probes.find(server, asked.getFirst()) : Optional.empty();
    send(
        response,
        200,
        ProbeMessages.of(
                probe.orElseThrow(() ->
                    ApiException.notFound(
                        Text.of(
                            "This server is to run no such probe (any more).",
                            "该服务器（现在）没有要运行的此拨测。"))))
            .toString());
  }

  private void probeResults(ServerRequest request, ServerResponse response) throws IOException {
    ProbingServer server = probing.apply(admitted(request));
    probes.take(server, ProbeMessages.told(message(request)));
    send(response, 200, "");
  }

  // --- who it is ---

  private static void checkVersion(ServerRequest request) {
    String version = header(request, LinkProtocol.VERSION_HEADER).orElse("none");
    if (!version.matches("[0-9]{1,4}") || !AgentGate.speaks(Integer.parseInt(version))) {
      throw ApiException.upgradeRequired(
          Text.of(
              "This agent speaks version "
                  + oneLine(version)
                  + " of the link, this hub version "
                  + LinkProtocol.VERSION
                  + ": fetch the agent anew from this hub with the line of 'Add a server'.",
              "该代理使用连接协议版本 "
                  + oneLine(version)
                  + "，本中心使用版本 "
                  + LinkProtocol.VERSION
                  + "：请用“添加服务器”中的命令从本中心重新获取代理。"));
    }
  }

  private EnrolledAgent known(ServerRequest request) {
    Optional<X509Certificate> certificate =
        request
            .remotePeer()
            .tlsCertificates()
            .filter(chain -> chain.length > 0)
            .map(chain -> (Certificate) chain[0])
            .filter(X509Certificate.class::isInstance)
            .map(X509Certificate.class::cast);
    if (certificate.isEmpty()) {
      throw ApiException.unauthenticated(
          Text.of(
              "This takes the certificate that the hub issued at the enrolment.",
              "此处需要中心在注册时签发的证书。"));
    }
    return Outcomes.resultOf(gate.recognise(certificate.get()));
  }

  private EnrolledAgent admitted(ServerRequest request) {
    return Outcomes.resultOf(gate.admit(known(request), sender(request)));
  }

  private static AgentLinks.Sender sender(ServerRequest request) {
    return new AgentLinks.Sender(
        word(request, LinkProtocol.RUN_HEADER),
        word(request, LinkProtocol.BOOT_HEADER),
        word(request, LinkProtocol.MACHINE_HEADER),
        agent(request).map(parts -> parts.group(1)).orElse(null),
        number(request, LinkProtocol.TIME_HEADER),
        number(request, LinkProtocol.DROPPED_HEADER),
        peer(request));
  }

  private static Optional<Matcher> agent(ServerRequest request) {
    return header(request, "User-Agent").map(AGENT::matcher).filter(Matcher::matches);
  }

  private static String os(ServerRequest request) {
    return agent(request).map(parts -> parts.group(2)).orElse("");
  }

  private static String word(ServerRequest request, String name) {
    return header(request, name)
        .filter(text -> WORD.matcher(text).matches())
        .orElseThrow(() ->
            ApiException.badRequest(
                Text.of("The header " + name + " is missing.", "缺少请求头 " + name + "。")));
  }

  private static long number(ServerRequest request, String name) {
    return header(request, name)
        .filter(text -> text.matches("[0-9]{1,18}"))
        .map(Long::parseLong)
        .orElseThrow(() ->
            ApiException.badRequest(
                Text.of("The header " + name + " is missing.", "缺少请求头 " + name + "。")));
  }

  private static Optional<String> header(ServerRequest request, String name) {
    HeaderName header = HeaderNames.create(name);
    return request.headers().contains(header)
        ? Optional.of(request.headers().get(header).values())
        : Optional.empty();
  }

  private static InetAddress peer(ServerRequest request) {
    return ((InetSocketAddress) request.remotePeer().address()).getAddress();
  }

  // --- bodies ---

  private static LinkMessage message(ServerRequest request) throws LinkMessageException {
    return LinkMessage.parse(
        new String(Bodies.read(request, LinkMessage.MOST_BYTES), StandardCharsets.UTF_8));
  }

  private static void send(ServerResponse response, int status, String text) {
    if (response.isSent()) {
      return;
    }
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, TEXT);
    response.header("Cache-Control", "no-store");
    response.send(text.getBytes(StandardCharsets.UTF_8));
  }
}
