package io.evenkeel.hub.security;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/// Setting up, logging in and changing passwords; the front door of the accounts.
public final class Accounts {
  /// The least length of a password (NIST SP 800-63B asks for 8; an administrator's guards a
  /// fleet).
  public static final int LEAST_PASSWORD = 12;

  private static final int MOST_PASSWORD = 1_024;
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._@-]{1,64}");

  /// How a login ended.
  public sealed interface Login {
    record Opened(Account account, SessionStore.Opened session) implements Login {}

    record Refused() implements Login {}

    record Wait(Duration duration) implements Login {}
  }

  private final AccountStore store;
  private final SessionStore sessions;
  private final SetupLinks links;
  private final PasswordHash hashes;
  private final LoginThrottle throttle;
  private final AuditLog audit;
  private final InstantSource clock;

  public Accounts(
      AccountStore store,
      SessionStore sessions,
      SetupLinks links,
      PasswordHash hashes,
      LoginThrottle throttle,
      AuditLog audit,
      InstantSource clock) {
    this.store = store;
    this.sessions = sessions;
    this.links = links;
    this.hashes = hashes;
    this.throttle = throttle;
    this.audit = audit;
    this.clock = clock;
  }

  /// What is wrong with a name for an account, or nothing.
  public static Optional<String> nameProblem(String name) {
    return NAME.matcher(name).matches()
        ? Optional.empty()
        : Optional.of("A name has 1 to 64 letters, digits or any of . _ @ -");
  }

  /// What is wrong with a password, or nothing.
  public static Optional<String> passwordProblem(String password) {
    if (password.codePointCount(0, password.length()) < LEAST_PASSWORD) {
      return Optional.of("A password has at least " + LEAST_PASSWORD + " characters.");
    }
    return password.length() > MOST_PASSWORD
        ? Optional.of("A password has at most " + MOST_PASSWORD + " characters.")
        : Optional.empty();
  }

  /// Makes the first administrator with a one-time link's secret and logs them in; nothing when the
  /// secret is wrong, used or expired. The name and the password are already checked.
  public Optional<Login.Opened> setUp(String secret, String name, String password)
      throws IOException {
    String hash = hashes.of(password);
    if (!links.redeem(secret)) {
      return Optional.empty();
    }
    long now = clock.millis();
    if (!store.add(name, Role.ADMIN, hash, now)) {
      store.setPassword(name, hash);
      store.setRole(name, Role.ADMIN);
    }
    audit.add(name, "setup", name, "set the administrator's password by the one-time link");
    return Optional.of(opened(name));
  }

  private Login.Opened opened(String name) {
    store.loggedIn(name, clock.millis());
    Account account = store.find(name).orElseThrow();
    return new Login.Opened(account, sessions.open(name));
  }

  /// Logs in from an address.
  public Login logIn(String name, String password, String address) {
    Duration wait = throttle.wait(name, address);
    if (wait.isPositive()) {
      return new Login.Wait(wait);
    }
    Optional<String> hash = store.passwordHash(name);
    if (hash.isEmpty()) {
      hashes.pretend(password);
    }
    if (hash.isEmpty() || !hashes.matches(password, hash.get())) {
      throttle.failed(name, address);
      audit.add("anonymous", "login-failed", name, "from " + address);
      return new Login.Refused();
    }
    throttle.succeeded(name, address);
    audit.add(name, "login", name, "from " + address);
    return opened(name);
  }

  /// Adds an account; false when the name is taken.
  public boolean add(String actor, String name, String password, Role role) {
    boolean added = store.add(name, role, hashes.of(password), clock.millis());
    if (added) {
      audit.add(actor, "user-add", name, role.name());
    }
    return added;
  }

  /// Changes one's own password; false when the current one is wrong. Every session ends.
  public boolean changePassword(String name, String current, String next) {
    Optional<String> hash = store.passwordHash(name);
    if (hash.isEmpty() || !hashes.matches(current, hash.get())) {
      return false;
    }
    store.setPassword(name, hashes.of(next));
    audit.add(name, "password", name, "");
    return true;
  }

  /// Sets a password from the command line of the hub's machine; false when there is no such
  /// account.
  public boolean resetPassword(String name, String password) {
    boolean reset = store.setPassword(name, hashes.of(password));
    if (reset) {
      audit.add("command line", "password-reset", name, "");
    }
    return reset;
  }
}
