package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.security.Outcome.Reason;
import io.evenkeel.model.Text;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The accounts of the hub and their sessions: set-up, login, passwords, roles.
///
/// A session is a 256-bit secret in the browser's cookie, kept here as its hash; it ends 30 minutes
/// after its last request and 12 hours after the login, whichever is first. Safe for use by many
/// threads.
public final class Accounts {
  /// A session ends when it was not used for this long.
  static final Duration IDLE = Duration.ofMinutes(30);

  /// A session ends this long after its login.
  static final Duration LONGEST = Duration.ofHours(12);

  private static final Duration SETUP_LINK_LIFE = Duration.ofMinutes(30);
  private static final int SETUP_BITS = 128;
  private static final int SESSION_BITS = 256;
  private static final String CSRF_PURPOSE = "csrf";

  /// How exact the time of a session's last use is kept: it saves a write for each request.
  private static final Duration USE_GRAIN = Duration.ofMinutes(1);

  private final Database database;
  private final AccountStore accounts;
  private final SessionStore sessions;
  private final SetupLinkStore setupLinks;
  private final SetupLinkFile setupLinkFile;
  private final AuditStore audit;
  private final PasswordHasher hasher;
  private final LoginThrottle throttle;
  private final InstantSource clock;

  /// Accounts never go back to none, so once true this stays true.
  private volatile boolean exist;

  public Accounts(
      Database database,
      SetupLinkFile setupLinkFile,
      AuditStore audit,
      PasswordHasher hasher,
      LoginThrottle throttle,
      InstantSource clock) {
    this.database = database;
    this.accounts = new AccountStore();
    this.sessions = new SessionStore();
    this.setupLinks = new SetupLinkStore();
    this.setupLinkFile = setupLinkFile;
    this.audit = audit;
    this.hasher = hasher;
    this.throttle = throttle;
    this.clock = clock;
  }

  /// A session that has just begun.
  ///
  /// @param secret for the cookie, in no other place
  public record NewSession(Secret secret, Caller.Person person) {}

  /// Whether the hub is set up, that is, has an account.
  public boolean exist() {
    if (!exist) {
      exist = database.read(accounts::any);
    }
    return exist;
  }

  /// Opens a one-time set-up link for 30 minutes and closes any other; refused once an account
  /// exists. The link is also written to its file.
  ///
  /// @param hubUrl the hub's address on this machine, such as `http://127.0.0.1:9595`
  public Outcome<String> openSetupLink(String hubUrl) {
    Secret secret = Secret.random("", SETUP_BITS);
    // Behind '#', so that the secret is never sent as part of an address and reaches no log.
    String link = hubUrl + "/setup#token=" + secret.text();
    return database.write(transaction -> {
      if (accounts.any(transaction)) {
        return Outcome.refused(
            Reason.CONFLICT,
            Text.of(
                "This hub is set up already: 'evenkeel reset-password NAME' sets a new password.",
                "本中心已完成设置：可用 evenkeel reset-password NAME 设置新密码。"));
      }
      setupLinks.replace(transaction, secret.hash(), clock.instant().plus(SETUP_LINK_LIFE));
      setupLinkFile.write(link);
      return Outcome.done(link);
    });
  }

  /// Makes the first administrator by the set-up link, and logs in.
  public Outcome<NewSession> setUp(Secret link, String name, String password) {
    Outcome<NewSession> wrongLink =
        Outcome.refused(
            Reason.FORBIDDEN,
            Text.of(
                "This set-up link is wrong, used or older than 30 minutes:"
                    + " run 'evenkeel setup-link' on the hub's machine for a new one.",
                "设置链接有误、已被使用或已超过 30 分钟：请在中心所在的机器上运行 evenkeel setup-link 获取新链接。"));
    if (!database.read(transaction -> setupLinks.open(transaction, link.hash(), clock.instant()))) {
      return wrongLink;
    }
    Optional<Outcome<NewSession>> refusal =
        Credentials.<NewSession>checkName(name)
            .or(() -> Credentials.checkPassword("password", password, name));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    String passwordHash = hasher.hash(password);
    return database.write(transaction -> {
      if (accounts.any(transaction)
          || !setupLinks.open(transaction, link.hash(), clock.instant())) {
        return wrongLink;
      }
      setupLinks.clear(transaction);
      accounts.insert(
          transaction, new Account(name, Role.ADMIN, passwordHash, clock.instant(), null));
      audit.append(transaction, "setup", "account.create", name, "first administrator");
      setupLinkFile.delete();
      return Outcome.done(begin(transaction, name, Role.ADMIN));
    });
  }

  /// Logs in; `replacedSession` is the hash of the session the browser had, which ends.
  public Outcome<NewSession> login(
      String name, String password, InetAddress address, @Nullable String replacedSession) {
    String key = Account.key(name);
    Optional<Outcome<NewSession>> closed = closed(key, address);
    if (closed.isPresent()) {
      return closed.get();
    }
    Optional<Account> account = database.read(transaction -> accounts.find(transaction, name));
    if (!proves(account, password)) {
      throttle.failed(key, address);
      // A name that no account has may be a password typed into the wrong box: it is not written
      // down.
      String target = account.map(Account::name).orElse("unknown account");
      database.change(transaction ->
          audit.append(transaction, "anonymous", "login.failed", target, address.getHostAddress()));
      return Outcome.refused(
          Reason.UNAUTHENTICATED, Text.of("The name or the password is wrong.", "用户名或密码错误。"));
    }
    throttle.succeeded(key, address);
    Account known = account.orElseThrow();
    return database.write(transaction -> {
      if (replacedSession != null) {
        sessions.delete(transaction, replacedSession);
      }
      audit.append(transaction, known.name(), "login", known.name(), address.getHostAddress());
      return Outcome.done(begin(transaction, known.name(), known.role()));
    });
  }

  /// Ends a session.
  public void logout(Caller.Person person) {
    database.change(transaction -> {
      sessions.delete(transaction, person.sessionHash());
      audit.append(transaction, person.name(), "logout", person.name(), "");
    });
  }

  /// The person behind a session's secret; empty when there is no such session or it has ended.
  public Optional<Caller.Person> recognise(Secret secret) {
    String hash = secret.hash();
    Instant now = clock.instant();
    Optional<SessionStore.Row> session =
        database
            .read(transaction -> sessions.find(transaction, hash))
            .filter(row -> row.usedAt().plus(IDLE).isAfter(now))
            .filter(row -> row.createdAt().plus(LONGEST).isAfter(now));
    session
        .filter(row -> row.usedAt().plus(USE_GRAIN).isBefore(now))
        .ifPresent(row -> database.change(transaction -> sessions.used(transaction, hash, now)));
    return session.map(
        row -> new Caller.Person(row.name(), row.role(), hash, secret.derive(CSRF_PURPOSE)));
  }

  /// Changes a person's own password; all their sessions end and a new one begins.
  public Outcome<NewSession> changePassword(
      Caller.Person person, String current, String next, InetAddress address) {
    String key = Account.key(person.name());
    Optional<Outcome<NewSession>> refusal =
        this.<NewSession>closed(key, address)
            .or(() -> Credentials.checkPassword("next", next, person.name()));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Optional<Account> account =
        database.read(transaction -> accounts.find(transaction, person.name()));
    if (!proves(account, current)) {
      throttle.failed(key, address);
      return Outcome.invalid("current", Text.of("The current password is wrong.", "当前密码错误。"));
    }
    String passwordHash = hasher.hash(next);
    return database.write(transaction -> {
      accounts.setPassword(transaction, person.name(), passwordHash);
      sessions.deleteOf(transaction, person.name());
      audit.append(transaction, person.name(), "account.password", person.name(), "");
      return Outcome.done(begin(transaction, person.name(), person.personRole()));
    });
  }

  /// Sets a password from the hub's own machine; all sessions of the account end.
  public Outcome<Account> resetPassword(String name, String password, String actor) {
    Optional<Outcome<Account>> refusal = Credentials.checkPassword("password", password, name);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    String passwordHash = hasher.hash(password);
    return database.write(transaction -> {
      if (!accounts.setPassword(transaction, name, passwordHash)) {
        return noSuchAccount(name);
      }
      sessions.deleteOf(transaction, name);
      audit.append(transaction, actor, "account.password", name, "reset");
      return Outcome.done(accounts.find(transaction, name).orElseThrow());
    });
  }

  /// All accounts by name.
  public List<Account> all() {
    return database.read(accounts::all);
  }

  /// Adds an account.
  public Outcome<Account> create(String name, String password, Role role, String actor) {
    Optional<Outcome<Account>> refusal =
        Credentials.<Account>checkName(name)
            .or(() -> Credentials.checkPassword("password", password, name));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    String passwordHash = hasher.hash(password);
    return database.write(transaction -> {
      if (accounts.find(transaction, name).isPresent()) {
        return Outcome.refused(
            Reason.CONFLICT,
            Text.of("There is an account named '" + name + "' already.", "已有名为“" + name + "”的账号。"));
      }
      Account account = new Account(name, role, passwordHash, clock.instant(), null);
      accounts.insert(transaction, account);
      audit.append(transaction, actor, "account.create", name, role.wireName());
      return Outcome.done(account);
    });
  }

  /// Removes an account and its sessions; the last administrator stays.
  public Outcome<Account> delete(String name, String actor) {
    return database.write(transaction -> {
      Optional<Account> account = accounts.find(transaction, name);
      if (account.isEmpty()) {
        return noSuchAccount(name);
      }
      if (isLastAdmin(transaction, account.get())) {
        return lastAdmin();
      }
      accounts.delete(transaction, name);
      audit.append(transaction, actor, "account.delete", account.get().name(), "");
      return Outcome.done(account.get());
    });
  }

  /// Gives an account another role, in force with its next request; the last administrator stays
  /// one.
  public Outcome<Account> setRole(String name, Role role, String actor) {
    return database.write(transaction -> {
      Optional<Account> account = accounts.find(transaction, name);
      if (account.isEmpty()) {
        return noSuchAccount(name);
      }
      if (role != Role.ADMIN && isLastAdmin(transaction, account.get())) {
        return lastAdmin();
      }
      accounts.setRole(transaction, name, role);
      audit.append(transaction, actor, "account.role", account.get().name(), role.wireName());
      return Outcome.done(accounts.find(transaction, name).orElseThrow());
    });
  }

  private NewSession begin(Transaction transaction, String name, Role role) {
    Instant now = clock.instant();
    Secret secret = Secret.random("", SESSION_BITS);
    sessions.deleteExpired(transaction, now.minus(LONGEST), now.minus(IDLE));
    sessions.insert(transaction, secret.hash(), name, now);
    accounts.loggedIn(transaction, name, now);
    return new NewSession(
        secret, new Caller.Person(name, role, secret.hash(), secret.derive(CSRF_PURPOSE)));
  }

  private <T> Optional<Outcome<T>> closed(String key, InetAddress address) {
    return throttle
        .wait(key, address)
        .map(wait ->
            Outcome.tooMany(
                Text.of(
                    "Too many failed logins: try again in " + (wait.toMinutes() + 1) + " min.",
                    "登录失败次数过多，请在 " + (wait.toMinutes() + 1) + " 分钟后重试。"),
                wait));
  }

  private boolean proves(Optional<Account> account, String password) {
    if (account.isEmpty()) {
      hasher.pretend(password);
      return false;
    }
    return hasher.matches(password, account.get().passwordHash());
  }

  private boolean isLastAdmin(Transaction transaction, Account account) {
    return account.role() == Role.ADMIN && accounts.count(transaction, Role.ADMIN) == 1;
  }

  private static <T> Outcome<T> noSuchAccount(String name) {
    return Outcome.refused(
        Reason.NOT_FOUND,
        Text.of("There is no account named '" + name + "'.", "没有名为“" + name + "”的账号。"));
  }

  private static <T> Outcome<T> lastAdmin() {
    return Outcome.refused(
        Reason.CONFLICT,
        Text.of(
            "This is the last administrator: make another account an administrator first.",
            "这是最后一个管理员：请先将另一个账号设为管理员。"));
  }
}
