package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.security.AccountStore;
import io.evenkeel.hub.security.Accounts;
import io.evenkeel.hub.security.Caller;
import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.SessionStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/// Setting up, logging in and out, and what belongs to the account that asks.
public final class SessionRoutes {
  /// What a page needs to know first.
  public record SessionAnswer(
      State state, @Nullable User user, @Nullable String csrf, String version, Hub hub) {
    public enum State {
      /// No account exists yet.
      SETUP,
      /// Accounts exist; nobody is logged in here.
      LOGIN,
      READY
    }

    public record User(String name, Role role) {}

    public record Hub(String host) {}
  }

  public record SetupRequest(String token, String name, String password) {}

  public record LoginRequest(String name, String password) {}

  public record PasswordRequest(String current, String next) {}

  private static final int MOST_PREFERENCES = 64;
  private static final int MOST_PREFERENCE_LENGTH = 1_000;

  private final Accounts accounts;
  private final AccountStore store;
  private final SessionStore sessions;
  private final String version;
  private final String host;

  public SessionRoutes(
      Accounts accounts, AccountStore store, SessionStore sessions, String version, String host) {
    this.accounts = accounts;
    this.store = store;
    this.sessions = sessions;
    this.version = version;
    this.host = host;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/session",
            Access.PUBLIC,
            "Tells who is logged in here.",
            SessionAnswer.class,
            this::session),
        Route.post(
            "/api/hub/v1/setup",
            Access.PUBLIC,
            "Sets the administrator's password by the one-time link.",
            SetupRequest.class,
            SessionAnswer.class,
            this::setUp),
        Route.post(
            "/api/hub/v1/login",
            Access.PUBLIC,
            "Logs in.",
            LoginRequest.class,
            SessionAnswer.class,
            this::logIn),
        Route.post("/api/hub/v1/logout", Access.PUBLIC, "Logs out.", null, null, this::logOut),
        Route.get(
            "/api/hub/v1/me/preferences",
            Access.VIEWER,
            "The caller's own choices, such as theme and language.",
            null,
            this::preferences),
        Route.put(
            "/api/hub/v1/me/preferences",
            Access.VIEWER,
            "Keeps the caller's own choices: a flat object of texts.",
            null,
            null,
            this::setPreferences),
        Route.put(
            "/api/hub/v1/me/password",
            Access.VIEWER,
            "Changes the caller's own password and ends every session.",
            PasswordRequest.class,
            null,
            this::changePassword));
  }

  private void session(Exchange exchange) {
    exchange.answer(
        switch (exchange.caller()) {
          case Caller.User user -> ready(user.name(), user.role(), user.csrf());
          case Caller.Unclaimed unclaimed -> answer(SessionAnswer.State.SETUP, null, null);
          case Caller.Anonymous anonymous -> answer(SessionAnswer.State.LOGIN, null, null);
          case Caller.Program program ->
              answer(
                  SessionAnswer.State.READY,
                  new SessionAnswer.User(program.token().name(), program.token().role()),
                  null);
        });
  }

  private SessionAnswer ready(String name, Role role, String csrf) {
    return answer(SessionAnswer.State.READY, new SessionAnswer.User(name, role), csrf);
  }

  private SessionAnswer answer(
      SessionAnswer.State state, SessionAnswer.@Nullable User user, @Nullable String csrf) {
    return new SessionAnswer(state, user, csrf, version, new SessionAnswer.Hub(host));
  }

  private void setUp(Exchange exchange) throws Exception {
    SetupRequest request = exchange.json(SetupRequest.class);
    check("name", Accounts.nameProblem(request.name));
    check("password", Accounts.passwordProblem(request.password));
    Accounts.Login.Opened opened =
        accounts
            .setUp(request.token, request.name, request.password)
            .orElseThrow(() ->
                ApiException.forbidden(
                    "This link was used, has expired or is not this hub's. 'evenkeel setup-link' prints a new one."));
    open(exchange, opened);
  }

  private void logIn(Exchange exchange) {
    LoginRequest request = exchange.json(LoginRequest.class);
    switch (accounts.logIn(request.name, request.password, exchange.peer().getHostAddress())) {
      case Accounts.Login.Opened opened -> open(exchange, opened);
      case Accounts.Login.Refused refused ->
          throw ApiException.unauthenticated("The name or the password is wrong.");
      case Accounts.Login.Wait wait ->
          throw ApiException.tooMany(
              "Too many failed logins for this account from here. Try again in "
                  + (wait.duration().toMinutes() + 1)
                  + " min.",
              wait.duration().toSeconds() + 1);
    }
  }

  private void open(Exchange exchange, Accounts.Login.Opened opened) {
    setCookie(exchange, opened.session().id(), "");
    exchange.answer(
        ready(opened.account().name(), opened.account().role(), opened.session().csrf()));
  }

  private static void setCookie(Exchange exchange, String value, String extra) {
    exchange.header(
        "Set-Cookie",
        Gatekeeper.cookieName(exchange.secure())
            + "="
            + value
            + "; Path=/; HttpOnly; SameSite=Lax"
            + (exchange.secure() ? "; Secure" : "")
            + extra);
  }

  private void logOut(Exchange exchange) {
    if (exchange.caller() instanceof Caller.User user) {
      sessions.close(user.sessionId());
    }
    setCookie(exchange, "", "; Max-Age=0");
    exchange.done();
  }

  private void preferences(Exchange exchange) {
    byte[] json =
        exchange.caller() instanceof Caller.User user
            ? store.preferences(user.name()).getBytes(java.nio.charset.StandardCharsets.UTF_8)
            : "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    exchange.answer(200, "application/json", json);
  }

  private void setPreferences(Exchange exchange) {
    Caller.User user = user(exchange);
    Map<String, String> preferences =
        Json.mapper().readValue(exchange.body(Exchange.BODY_BYTES), new TypeReference<>() {});
    if (preferences.size() > MOST_PREFERENCES
        || preferences.entrySet().stream()
            .anyMatch(e -> e.getKey().length() + e.getValue().length() > MOST_PREFERENCE_LENGTH)) {
      throw ApiException.badRequest("At most 64 preferences of 1,000 characters are kept.");
    }
    store.setPreferences(
        user.name(), new String(Json.write(preferences), java.nio.charset.StandardCharsets.UTF_8));
    exchange.done();
  }

  private void changePassword(Exchange exchange) {
    Caller.User user = user(exchange);
    PasswordRequest request = exchange.json(PasswordRequest.class);
    check("next", Accounts.passwordProblem(request.next));
    if (!accounts.changePassword(user.name(), request.current, request.next)) {
      throw ApiException.badField("current", "The current password is wrong.");
    }
    exchange.done();
  }

  private static Caller.User user(Exchange exchange) {
    if (exchange.caller() instanceof Caller.User user) {
      return user;
    }
    throw ApiException.forbidden("This belongs to an account; log in first.");
  }

  static void check(String field, Optional<String> problem) {
    problem.ifPresent(message -> {
      throw ApiException.badField(field, message);
    });
  }
}
