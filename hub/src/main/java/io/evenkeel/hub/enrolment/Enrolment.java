package io.evenkeel.hub.enrolment;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.fleet.Fleet;
import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.HostStatus;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.Outcome.Reason;
import io.evenkeel.hub.security.Secret;
import io.evenkeel.model.Text;
import io.evenkeel.model.link.EnrolmentToken;
import io.evenkeel.model.outgoing.Network;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who is enrolled: makes tokens, exchanges them for certificates, renews those, knows a sender by
/// the certificate it showed, renames, retires and deletes servers. Safe for use by many threads.
///
/// Every check is against memory that a change updates at once: a retired server is refused from
/// its next request on.
public final class Enrolment implements Fleet.Enrolled {
  /// How long a token for one server is good.
  public static final Duration ONE_TIME = Duration.ofMinutes(15);

  private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._:@-]{0,127}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final int MOST_USES = 10_000;
  private static final int MOST_DAYS = 365;
  private static final int LONGEST_LABEL = 100;
  private static final int MOST_FORMER_NAMES = 8;
  private static final int MOST_SUFFIX = 10_000;
  private static final Duration KEYS_STAY = Duration.ofDays(30);

  private final Database database;
  private final AuditStore audit;
  private final HostRegistry hosts;
  private final CertificateAuthority authority;
  private final AgentLinks links;
  private final InstantSource clock;
  private final EnrolmentStore store = new EnrolmentStore();
  private final SecureRandom random = new SecureRandom();
  private final Map<String, EnrolledAgent> agents = new ConcurrentHashMap<>();

  public Enrolment(
      Database database,
      AuditStore audit,
      HostRegistry hosts,
      CertificateAuthority authority,
      AgentLinks links,
      InstantSource clock) {
    this.database = database;
    this.audit = audit;
    this.hosts = hosts;
    this.authority = authority;
    this.links = links;
    this.clock = clock;
    for (EnrolledAgent agent : database.read(store::agents)) {
      agents.put(agent.hostId(), agent);
      agent.former().forEach(name -> hosts.formerly(agent.hostId(), name));
    }
  }

  /// A token with its secret, which is never to be had again.
  public record NewKey(EnrolmentKey key, EnrolmentToken token) {}

  /// What an agent brings to enrol.
  ///
  /// @param token as it was pasted
  /// @param name the machine's own name
  /// @param machine the SHA-256 of its id
  /// @param boot the kernel's boot id
  /// @param request PKCS#10 in DER
  public record Application(
      String token, String name, String machine, String boot, byte[] request) {}

  /// An enrolled agent and its certificate.
  public record Admission(EnrolledAgent agent, X509Certificate certificate) {}

  // --- tokens ---

  /// Tokens, newest first; also used and expired ones, for a month.
  public List<EnrolmentKey> keys() {
    return database.read(store::keys);
  }

  /// Makes a token for one server, good for [#ONE_TIME].
  public Outcome<NewKey> newToken(String actor) {
    return create("one server", 1, ONE_TIME, "", actor);
  }

  /// Makes a token for many servers.
  ///
  /// @param network from where they may come, such as `10.0.0.0/8`; empty for everywhere
  public Outcome<NewKey> newFleetKey(
      String name, int uses, int days, String network, String actor) {
    if (name.isBlank()
        || name.length() > LONGEST_LABEL
        || name.chars().anyMatch(Character::isISOControl)) {
      return Outcome.invalid(
          "name",
          Text.of(
              "A fleet key's name has 1 to " + LONGEST_LABEL + " characters: say who uses it.",
              "批量密钥的名称有 1 至 " + LONGEST_LABEL + " 个字符：请写明由谁使用。"));
    }
    if (uses < 1 || uses > MOST_USES) {
      return Outcome.invalid(
          "uses",
          Text.of(
              "A fleet key enrols 1 to " + MOST_USES + " servers.",
              "批量密钥可注册 1 至 " + MOST_USES + " 台服务器。"));
    }
    if (days < 1 || days > MOST_DAYS) {
      return Outcome.invalid(
          "days",
          Text.of(
              "A fleet key lasts 1 to " + MOST_DAYS + " days.",
              "批量密钥的有效期为 1 至 " + MOST_DAYS + " 天。"));
    }
    if (!network.isEmpty() && Network.parse(network).isEmpty()) {
      return Outcome.invalid(
          "network",
          Text.of(
              "The network is written like 10.0.0.0/8 or fd00::/8; empty for everywhere.",
              "网络写作 10.0.0.0/8 或 fd00::/8；留空表示不限。"));
    }
    return create(name, uses, Duration.ofDays(days), network, actor);
  }

  private Outcome<NewKey> create(
      String name, int uses, Duration life, String network, String actor) {
    EnrolmentToken token = new EnrolmentToken(hex(6), hex(16), authority.fingerprint());
    Instant now = clock.instant();
    EnrolmentKey key =
        new EnrolmentKey(token.id(), name, uses, network, actor, now, now.plus(life));
    database.change(transaction -> {
      store.forgetKeysBefore(transaction, now.minus(KEYS_STAY));
      store.insert(transaction, key, new Secret(token.secret()).hash());
      audit.append(
          transaction,
          actor,
          "enrolment.token",
          name,
          key.id()
              + " uses "
              + uses
              + " until "
              + key.expiresAt()
              + " from "
              + (network.isEmpty() ? "anywhere" : network));
    });
    return Outcome.done(new NewKey(key, token));
  }

  private String hex(int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return HexFormat.of().formatHex(value);
  }

  /// Ends a token; servers that enrolled with it stay.
  public Outcome<String> revokeKey(String id, String actor) {
    return database.write(transaction -> {
      Optional<EnrolmentStore.KeyRow> row = store.key(transaction, id);
      if (row.isEmpty()) {
        return Outcome.refused(
            Reason.NOT_FOUND,
            Text.of("There is no enrolment token '" + id + "'.", "没有注册令牌“" + id + "”。"));
      }
      store.deleteKey(transaction, id);
      audit.append(transaction, actor, "enrolment.revoke", row.get().key().name(), id);
      return Outcome.done(id);
    });
  }

  // --- agents ---

  /// Exchanges a token for a certificate.
  public synchronized Outcome<Admission> enrol(Application application, InetAddress peer) {
    Optional<EnrolmentToken> token = EnrolmentToken.parse(application.token);
    if (token.isEmpty()) {
      return refused(
          peer,
          Text.of(
              "This is not an enrolment token: it begins with 'eka_'.", "这不是注册令牌：注册令牌以“eka_”开头。"));
    }
    if (!HASH.matcher(application.machine).matches()) {
      return Outcome.invalid(
          "machine",
          Text.of("The machine's id is a SHA-256 in hexadecimal.", "机器 ID 应为十六进制的 SHA-256。"));
    }
    String name = application.name.strip();
    if (!NAME.matcher(name).matches()) {
      return Outcome.invalid(
          "name",
          Text.of(
              "A server's name has 1 to 128 letters, digits and . _ : @ - and begins with a letter or"
                  + " digit.",
              "服务器名称有 1 至 128 个字符，可含字母、数字和 . _ : @ -，以字母或数字开头。"));
    }
    Optional<Text> problem = problemOf(token.get(), peer);
    if (problem.isPresent()) {
      return refused(peer, problem.get());
    }
    Optional<EnrolledAgent> before = enrolledBefore(application);
    String instance = before.map(EnrolledAgent::instance).orElseGet(() -> free(name));
    Optional<String> hostId = hosts.idFor(instance);
    if (hostId.isEmpty()) {
      return Outcome.refused(
          Reason.TOO_MANY,
          Text.of(
              "The hub knows too many servers already: delete those that are gone.",
              "中心已知的服务器过多：请删除不再使用的。"));
    }
    X509Certificate certificate;
    try {
      certificate = authority.issueForAgent(application.request, hostId.get());
    } catch (IllegalArgumentException e) {
      return Outcome.invalid(
          "csr", Text.of(String.valueOf(e.getMessage()), "证书请求有误：" + e.getMessage()));
    }
    EnrolledAgent agent =
        new EnrolledAgent(
            hostId.get(),
            instance,
            before.map(EnrolledAgent::former).orElse(Set.of()),
            application.machine,
            List.of(serial(certificate)),
            certificate.getNotAfter().toInstant(),
            clock.instant(),
            token.get().id(),
            null);
    database.change(transaction -> {
      store.use(transaction, token.get().id());
      store.put(transaction, agent);
      audit.append(
          transaction,
          "token:" + token.get().id(),
          before.isPresent() ? "agent.enrol-again" : "agent.enrol",
          instance,
          agent.hostId() + " from " + peer.getHostAddress());
    });
    if (before.isEmpty()) {
      links.forget(agent.hostId());
    }
    agents.put(agent.hostId(), agent);
    LOG.info("'{}' enrolled from {}", instance, peer.getHostAddress());
    return Outcome.done(new Admission(agent, certificate));
  }

  private static <T> Outcome<T> refused(InetAddress peer, Text message) {
    LOG.warn("An enrolment from {} was refused: {}", peer.getHostAddress(), message.en());
    return Outcome.refused(Reason.UNAUTHENTICATED, message);
  }

  private Optional<Text> problemOf(EnrolmentToken token, InetAddress peer) {
    Optional<EnrolmentStore.KeyRow> row =
        database.read(transaction -> store.key(transaction, token.id()));
    if (row.isEmpty()
        || !Secret.same(row.get().secretHash(), new Secret(token.secret()).hash())
        || !token.authority().equals(authority.fingerprint())) {
      return Optional.of(
          Text.of(
              "This enrolment token is unknown or revoked: make a new one under 'Add a server'.",
              "该注册令牌不存在或已撤销：请在“添加服务器”中重新生成。"));
    }
    EnrolmentKey key = row.get().key();
    if (!key.expiresAt().isAfter(clock.instant())) {
      return Optional.of(
          Text.of(
              "This enrolment token ended at "
                  + key.expiresAt()
                  + ": make a new one under 'Add a server'.",
              "该注册令牌已于 " + key.expiresAt() + " 到期：请在“添加服务器”中重新生成。"));
    }
    if (key.usesLeft() < 1) {
      return Optional.of(
          Text.of(
              "This enrolment token was used already, by as many servers as it was made for: make a"
                  + " new one under 'Add a server'.",
              "该注册令牌的可用次数已用完：请在“添加服务器”中重新生成。"));
    }
    boolean outside =
        !key.network().isEmpty()
            && Network.parse(key.network()).filter(network -> network.contains(peer)).isEmpty();
    return outside
        ? Optional.of(
            Text.of(
                "This enrolment token is for servers in "
                    + key.network()
                    + ", and this one comes from "
                    + peer.getHostAddress()
                    + ".",
                "该注册令牌仅供 " + key.network() + " 中的服务器使用，而此服务器来自 " + peer.getHostAddress() + "。"))
        : Optional.empty();
  }

  /// The agent of the same machine, unless another boot of it reports now: that would be a clone.
  private Optional<EnrolledAgent> enrolledBefore(Application application) {
    return agents.values().stream()
        .filter(agent ->
            agent.retiredAt() == null
                && agent.machine().equals(application.machine)
                && links.mayEnrolAgain(agent.hostId(), application.boot))
        .findFirst();
  }

  /// A name that no other server bears: the wanted one, or the wanted one with a number.
  private String free(String wanted) {
    String name = wanted;
    for (int i = 2; isTaken(name) && i < MOST_SUFFIX; i++) {
      name = wanted + "-" + i;
    }
    return name;
  }

  private boolean isTaken(String name) {
    if (agents.values().stream().anyMatch(agent -> agent.owns(name))) {
      return true;
    }
    Optional<Host> known = hosts.idOf(name).flatMap(hosts::find);
    return known.isPresent() && (known.get().self() || known.get().status() != HostStatus.SILENT);
  }

  /// A new certificate for an agent, which keeps the one it has until the new one is used.
  Outcome<Admission> renew(EnrolledAgent agent, byte[] request) {
    X509Certificate certificate;
    try {
      certificate = authority.issueForAgent(request, agent.hostId());
    } catch (IllegalArgumentException e) {
      return Outcome.invalid(
          "csr", Text.of(String.valueOf(e.getMessage()), "证书请求有误：" + e.getMessage()));
    }
    return update(
                agent.hostId(),
                "agent:" + agent.instance(),
                "agent.renew",
                "until " + certificate.getNotAfter().toInstant(),
                known -> {
                  List<String> serials = new ArrayList<>();
                  serials.add(serial(certificate));
                  serials.add(known.serials().getFirst());
                  return new EnrolledAgent(
                      known.hostId(),
                      known.instance(),
                      known.former(),
                      known.machine(),
                      serials,
                      certificate.getNotAfter().toInstant(),
                      known.enrolledAt(),
                      known.token(),
                      known.retiredAt());
                })
            instanceof Outcome.Done<EnrolledAgent>(EnrolledAgent renewed)
        ? Outcome.done(new Admission(renewed, certificate))
        : Outcome.refused(
            Reason.NOT_FOUND, Text.of("This server is not enrolled any more.", "该服务器已不再注册。"));
  }

  static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
  }

  /// The agent that a certificate is of; a refusal when it is retired, deleted, or the certificate
  /// was replaced.
  Outcome<EnrolledAgent> recognise(String hostId, String serial) {
    EnrolledAgent agent = agents.get(hostId);
    if (agent == null) {
      return Outcome.refused(
          Reason.UNAUTHENTICATED,
          Text.of(
              "This server was deleted from the hub: enrol it anew to watch it again.",
              "该服务器已从中心删除：如需再次监控，请重新注册。"));
    }
    if (agent.retiredAt() != null) {
      return Outcome.refused(
          Reason.FORBIDDEN,
          Text.of(
              "This server was retired on the hub: its certificate is revoked. Enrol it anew to watch"
                  + " it again.",
              "该服务器已在中心退役，证书已撤销：如需再次监控，请重新注册。"));
    }
    return agent.serials().contains(serial)
        ? Outcome.done(agent)
        : Outcome.refused(
            Reason.UNAUTHENTICATED,
            Text.of(
                "This certificate was replaced by a newer one: enrol this server anew.",
                "该证书已被更新的证书取代：请重新注册此服务器。"));
  }

  /// Every enrolled agent, also retired ones, by name.
  public List<EnrolledAgent> all() {
    return agents.values().stream().sorted((a, b) -> a.instance().compareTo(b.instance())).toList();
  }

  /// The agent of a host.
  public Optional<EnrolledAgent> find(String hostId) {
    return Optional.ofNullable(agents.get(hostId));
  }

  @Override
  public boolean has(String hostId) {
    EnrolledAgent agent = agents.get(hostId);
    return agent != null && agent.retiredAt() == null;
  }

  @Override
  public int retired() {
    return Math.toIntExact(
        agents.values().stream().filter(agent -> agent.retiredAt() != null).count());
  }

  /// Gives a server another name: its samples carry it as soon as the agent has heard of it, within
  /// a period; older ones keep the name they came with.
  public synchronized Outcome<EnrolledAgent> rename(String hostId, String name, String actor) {
    if (!NAME.matcher(name).matches()) {
      return Outcome.invalid(
          "name",
          Text.of(
              "A server's name has 1 to 128 letters, digits and . _ : @ - and begins with a letter or"
                  + " digit.",
              "服务器名称有 1 至 128 个字符，可含字母、数字和 . _ : @ -，以字母或数字开头。"));
    }
    EnrolledAgent agent = agents.get(hostId);
    if (agent != null && agent.instance().equals(name)) {
      return Outcome.done(agent);
    }
    boolean own = agent != null && agent.owns(name);
    if (!own && (isTaken(name) || hosts.idOf(name).isPresent())) {
      return Outcome.refused(
          Reason.CONFLICT,
          Text.of("Another server bears the name '" + name + "'.", "另一台服务器已使用名称“" + name + "”。"));
    }
    Outcome<EnrolledAgent> renamed =
        update(
            hostId,
            actor,
            "agent.rename",
            "to " + name,
            known -> {
              Set<String> former = new TreeSet<>(known.former());
              former.remove(name);
              if (former.size() >= MOST_FORMER_NAMES) {
                former.remove(former.iterator().next());
              }
              former.add(known.instance());
              return new EnrolledAgent(
                  known.hostId(),
                  name,
                  former,
                  known.machine(),
                  known.serials(),
                  known.expiresAt(),
                  known.enrolledAt(),
                  known.token(),
                  known.retiredAt());
            });
    if (renamed instanceof Outcome.Done<EnrolledAgent>) {
      hosts.rename(hostId, name);
    }
    return renamed;
  }

  /// Ends the watch of a server: its certificate is refused from now on, it leaves the lists; its
  /// history stays.
  public synchronized Outcome<EnrolledAgent> retire(String hostId, String actor) {
    Outcome<EnrolledAgent> retired =
        update(
            hostId,
            actor,
            "agent.retire",
            hostId,
            known ->
                new EnrolledAgent(
                    known.hostId(),
                    known.instance(),
                    known.former(),
                    known.machine(),
                    known.serials(),
                    known.expiresAt(),
                    known.enrolledAt(),
                    known.token(),
                    clock.instant()));
    if (retired instanceof Outcome.Done<EnrolledAgent>) {
      hosts.remove(hostId);
      links.forget(hostId);
    }
    return retired;
  }

  /// Forgets a server, enrolled or not; its name is free again, its samples end with the retention.
  public synchronized Outcome<String> delete(String hostId, String actor) {
    EnrolledAgent agent = agents.get(hostId);
    Optional<Host> host = hosts.find(hostId);
    if (agent == null && host.isEmpty()) {
      return Outcome.refused(
          Reason.NOT_FOUND,
          Text.of(
              "There is no server with the id '" + hostId + "'.", "没有 ID 为“" + hostId + "”的服务器。"));
    }
    if (host.isPresent() && host.get().self()) {
      return Outcome.refused(
          Reason.CONFLICT,
          Text.of("This is the hub's own machine, which it always watches.", "这是中心自己的机器，始终受监控。"));
    }
    String name = agent == null ? host.orElseThrow().name() : agent.instance();
    database.change(transaction -> {
      store.deleteAgent(transaction, hostId);
      audit.append(transaction, actor, "agent.delete", name, hostId);
    });
    agents.remove(hostId);
    hosts.remove(hostId);
    links.forget(hostId);
    return Outcome.done(name);
  }

  private interface Change {
    EnrolledAgent of(EnrolledAgent known);
  }

  private synchronized Outcome<EnrolledAgent> update(
      String hostId, String actor, String action, String detail, Change change) {
    EnrolledAgent known = agents.get(hostId);
    if (known == null) {
      return Outcome.refused(
          Reason.NOT_FOUND,
          Text.of(
              "There is no enrolled server with the id '" + hostId + "'.",
              "没有 ID 为“" + hostId + "”的已注册服务器。"));
    }
    EnrolledAgent next = change.of(known);
    database.change(transaction -> {
      store.put(transaction, next);
      audit.append(transaction, actor, action, known.instance(), detail);
    });
    agents.put(hostId, next);
    return Outcome.done(next);
  }
}
