package io.evenkeel.hub.api;

import io.evenkeel.hub.enrolment.AgentArchive;
import io.evenkeel.hub.enrolment.AgentLinks;
import io.evenkeel.hub.enrolment.AgentPort;
import io.evenkeel.hub.enrolment.CertificateAuthority;
import io.evenkeel.hub.enrolment.CommandDesk;
import io.evenkeel.hub.enrolment.EnrolledAgent;
import io.evenkeel.hub.enrolment.Enrolment;
import io.evenkeel.hub.enrolment.EnrolmentKey;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.model.Text;
import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.link.LinkProtocol;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Adding servers: where agents come in, tokens, the enrolled servers and how their links are.
/// Times are epoch milliseconds.
public final class EnrolmentRoutes {
  /// @param listen where agents come in, such as `0.0.0.0:9596`; null while nothing listens
  /// @param names by which other servers may reach this hub, the likeliest first
  /// @param runtime the kind of machine that gets a Java runtime with the agent
  public record Door(
      @Nullable String listen, int port, List<String> names, String fingerprint, String runtime) {}

  public record NewDoor(String listen) {}

  /// @param host the name or address by which the new server reaches this hub
  public record NewServer(String host) {}

  /// @param host the name or address by which the servers reach this hub
  /// @param network from where they may come; empty for everywhere
  public record NewFleetKey(String host, String name, int uses, int days, String network) {}

  /// @param id the token's, by which the server that enrolled with it is found
  /// @param token the secret, answered this once
  /// @param line what is pasted into a shell of the new server
  public record Issued(String id, String token, long expiresAt, String line) {}

  public record Keys(List<Key> tokens) {}

  public record Key(
      String id,
      String name,
      int usesLeft,
      String network,
      String createdBy,
      long createdAt,
      long expiresAt) {}

  /// A part of the servers, those that were retired last.
  ///
  /// @param total how many enrolled
  /// @param matched how many are like asked for
  public record Agents(int total, int matched, List<AgentView> agents) {}

  /// @param id the host's
  /// @param token the id of the token it enrolled with
  /// @param link how it reports
  public record AgentView(
      String id,
      String name,
      String token,
      long enrolledAt,
      long certificateExpiresAt,
      @Nullable Long retiredAt,
      AgentLinks.View link) {}

  public record NewName(String name) {}

  public record NewCommand(String kind, List<String> arguments) {}

  /// @param state `done`, `refused`, `failed`, `expired`, or `waiting` when no result came in time
  public record CommandAnswer(String id, String state, String detail) {}

  private static final int USUAL_AGENTS = 100;
  private static final int MOST_AGENTS = 1_000;
  private static final int MOST_PAGES = 20_000;
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final String HOST = "[A-Za-z0-9.:_-]{1,253}";

  private final Enrolment enrolment;
  private final AgentLinks links;
  private final CommandDesk commands;
  private final CertificateAuthority authority;
  private final AgentPort port;
  private final AgentArchive archive;

  public EnrolmentRoutes(
      Enrolment enrolment,
      AgentLinks links,
      CommandDesk commands,
      CertificateAuthority authority,
      AgentPort port,
      AgentArchive archive) {
    this.enrolment = enrolment;
    this.links = links;
    this.commands = commands;
    this.authority = authority;
    this.port = port;
    this.archive = archive;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/enrolment",
            Access.VIEWER,
            "Says where agents of other servers come in.",
            Door.class,
            exchange -> exchange.answer(door())),
        Route.put(
            "/api/hub/v1/enrolment/listen",
            Access.ADMIN,
            "Lets agents in at an address and port from now on.",
            NewDoor.class,
            Door.class,
            exchange -> {
              Outcomes.resultOf(
                  port.listen(exchange.json(NewDoor.class).listen, exchange.caller().auditName()));
              exchange.answer(door());
            }),
        Route.get(
            "/api/hub/v1/enrolment/tokens",
            Access.ADMIN,
            "Lists the enrolment tokens, without their secrets.",
            Keys.class,
            exchange ->
                exchange.answer(
                    new Keys(enrolment.keys().stream().map(EnrolmentRoutes::key).toList()))),
        Route.post(
            "/api/hub/v1/enrolment/tokens",
            Access.ADMIN,
            "Makes a token for one server, good for 15 minutes, and the line to paste there.",
            NewServer.class,
            Issued.class,
            exchange ->
                exchange.answer(
                    issued(
                        enrolment.newToken(exchange.caller().auditName()),
                        exchange.json(NewServer.class).host))),
        Route.post(
            "/api/hub/v1/enrolment/archive",
            Access.ADMIN,
            "Begins to make the archive that servers fetch, so that the first one need not wait.",
            null,
            null,
            exchange -> {
              archive.prepare();
              exchange.done();
            }),
        Route.post(
            "/api/hub/v1/enrolment/fleet-keys",
            Access.ADMIN,
            "Makes a token for many servers, with a count, an end and a network.",
            NewFleetKey.class,
            Issued.class,
            this::fleetKey),
        Route.delete(
            "/api/hub/v1/enrolment/tokens/{id}",
            Access.ADMIN,
            "Revokes an enrolment token; servers that enrolled with it stay.",
            exchange -> {
              Outcomes.resultOf(
                  enrolment.revokeKey(exchange.variable("id"), exchange.caller().auditName()));
              exchange.done();
            }),
        Route.get(
            "/api/hub/v1/agents",
            Access.VIEWER,
            "Lists the servers that enrolled and how their links are, by `q` (a part of the name) and"
                + " `token` (that they enrolled with), page by page (`page` from 1 on, `limit`"
                + " servers each).",
            Agents.class,
            exchange -> exchange.answer(agents(exchange))),
        Route.put(
            "/api/hub/v1/agents/{id}/name",
            Access.ADMIN,
            "Gives a server another name; older samples keep the one they came with.",
            NewName.class,
            AgentView.class,
            exchange ->
                exchange.answer(
                    view(
                        Outcomes.resultOf(
                            enrolment.rename(
                                exchange.variable("id"),
                                exchange.json(NewName.class).name,
                                exchange.caller().auditName()))))),
        Route.post(
            "/api/hub/v1/agents/{id}/retire",
            Access.ADMIN,
            "Ends the watch of a server and revokes its certificate at once; its history stays.",
            null,
            null,
            exchange -> {
              Outcomes.resultOf(
                  enrolment.retire(exchange.variable("id"), exchange.caller().auditName()));
              exchange.done();
            }),
        Route.delete(
            "/api/hub/v1/agents/{id}",
            Access.ADMIN,
            "Forgets a server, so that its name is free again.",
            exchange -> {
              Outcomes.resultOf(
                  enrolment.delete(exchange.variable("id"), exchange.caller().auditName()));
              exchange.done();
            }),
        Route.post(
            "/api/hub/v1/agents/{id}/commands",
            Access.ADMIN,
            "Sends a command to a server's agent and waits up to 15 s for its result.",
            NewCommand.class,
            CommandAnswer.class,
            this::command));
  }

  private Agents agents(Exchange exchange) {
    String words = exchange.parameter("q").orElse("").strip().toLowerCase(Locale.ROOT);
    Optional<String> token = exchange.parameter("token");
    int limit = exchange.count("limit", USUAL_AGENTS, MOST_AGENTS);
    long skipped = (long) (exchange.count("page", 1, MOST_PAGES) - 1) * limit;
    List<EnrolledAgent> all = enrolment.all();
    List<EnrolledAgent> found =
        all.stream()
            .filter(agent -> agent.instance().toLowerCase(Locale.ROOT).contains(words))
            .filter(agent -> token.isEmpty() || agent.token().equals(token.get()))
            .sorted(Comparator.comparing(agent -> agent.retiredAt() != null))
            .toList();
    return new Agents(
        all.size(),
        found.size(),
        found.stream().skip(skipped).limit(limit).map(this::view).toList());
  }

  private Door door() {
    return new Door(
        port.listening().orElse(null),
        port.port(),
        port.names(),
        authority.fingerprint(),
        AgentArchive.ownKind());
  }

  private void fleetKey(Exchange exchange) {
    NewFleetKey wanted = exchange.json(NewFleetKey.class);
    exchange.answer(
        issued(
            enrolment.newFleetKey(
                wanted.name,
                wanted.uses,
                wanted.days,
                wanted.network,
                exchange.caller().auditName()),
            wanted.host));
  }

  private Issued issued(Outcome<Enrolment.NewKey> made, String host) {
    if (!host.matches(HOST)) {
      throw ApiException.badField(
          "host", Text.of("This takes a host name or an address.", "请输入主机名或地址。"));
    }
    Enrolment.NewKey key = Outcomes.resultOf(made);
    String token = key.token().text();
    return new Issued(
        key.key().id(), token, key.key().expiresAt().toEpochMilli(), line(host, token));
  }

  /// The hub's key is pinned, so curl's own check of authorities has nothing to add. The script is
  /// fetched whole before any of it runs: behind a plain pipe a refused key would end in success.
  private String line(String host, String token) {
    String hub = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port.port();
    return "s=\"$(curl -fsSk --pinnedpubkey '"
        + authority.hubKeyPin()
        + "' "
        + hub
        + LinkProtocol.INSTALL
        + ")\" && printf '%s\\n' \"$s\" | sudo sh -s -- "
        + hub
        + " '"
        + authority.hubKeyPin()
        + "' "
        + token;
  }

  private static Key key(EnrolmentKey key) {
    return new Key(
        key.id(),
        key.name(),
        key.usesLeft(),
        key.network(),
        key.createdBy(),
        key.createdAt().toEpochMilli(),
        key.expiresAt().toEpochMilli());
  }

  private AgentView view(EnrolledAgent agent) {
    Instant retired = agent.retiredAt();
    return new AgentView(
        agent.hostId(),
        agent.instance(),
        agent.token(),
        agent.enrolledAt().toEpochMilli(),
        agent.expiresAt().toEpochMilli(),
        retired == null ? null : Long.valueOf(retired.toEpochMilli()),
        links.view(agent.hostId()));
  }

  private void command(Exchange exchange) throws InterruptedException {
    String host = exchange.variable("id");
    NewCommand wanted = exchange.json(NewCommand.class);
    Command command;
    CommandOrder order;
    try {
      command = Command.of(wanted.kind, wanted.arguments);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(
          Text.of(String.valueOf(e.getMessage()), "不是有效的命令：" + e.getMessage()));
    }
    if (enrolment.find(host).isEmpty() && !commands.isAttached(host)) {
      throw ApiException.notFound(
          Text.of("There is no agent with the id '" + host + "'.", "没有 ID 为“" + host + "”的代理。"));
    }
    try {
      order = commands.send(host, command, PATIENCE);
    } catch (IllegalStateException e) {
      throw ApiException.conflict(
          Text.of(String.valueOf(e.getMessage()), "命令无法发送：" + e.getMessage()));
    }
    Optional<CommandResult> result = commands.await(host, order.id(), PATIENCE);
    exchange.answer(
        result
            .map(done ->
                new CommandAnswer(
                    order.id(), done.state().name().toLowerCase(Locale.ROOT), done.detail()))
            .orElseGet(() -> new CommandAnswer(order.id(), "waiting", "")));
  }
}
