package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.security.Accounts;
import io.evenkeel.hub.security.Accounts.NewSession;
import io.evenkeel.hub.security.Caller;
import io.evenkeel.hub.security.Preferences;
import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Secret;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Setting up, logging in and out, and what belongs to the account that asks.
public final class SessionRoutes {
  /// What a page needs to know first.
  ///
  /// @param csrf what changing requests of this session carry in `X-CSRF-Token`
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

    /// @param host what the hub calls its own machine: the `instance` of its series
    public record Hub(String host) {}
  }

  /// @param token what stands behind `#token=` in the set-up link
  public record SetupRequest(String token, String name, String password) {}

  public record LoginRequest(String name, String password) {}

  public record PasswordRequest(String current, String next) {}

  private final Accounts accounts;
  private final Preferences preferences;
  private final String version;
  private final SessionAnswer.Hub hub;

  /// @param host what the hub calls its own machine
  public SessionRoutes(Accounts accounts, Preferences preferences, String version, String host) {
    this.accounts = accounts;
    this.preferences = preferences;
    this.version = version;
    this.hub = new SessionAnswer.Hub(host);
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
            "Makes the first administrator by the one-time link, and logs in.",
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
            Access.ACCOUNT,
            "The caller's own choices, such as theme and language.",
            Map.class,
            exchange -> exchange.answer(preferences.of(person(exchange).name()))),
        Route.put(
            "/api/hub/v1/me/preferences",
            Access.ACCOUNT,
            "Keeps the caller's own choices: a flat object of texts.",
            Map.class,
            null,
            this::setPreferences),
        Route.put(
            "/api/hub/v1/me/password",
            Access.ACCOUNT,
            "Changes the caller's own password, ends all their sessions and begins a new one.",
            PasswordRequest.class,
            SessionAnswer.class,
            this::changePassword));
  }

  private void session(Exchange exchange) {
    exchange.answer(
        switch (exchange.caller()) {
          case Caller.Person person -> ready(person);
          case Caller.SetupVisitor() -> answer(SessionAnswer.State.SETUP, null, null);
          case Caller.Anonymous() -> answer(SessionAnswer.State.LOGIN, null, null);
          case Caller.Program program ->
              answer(
                  SessionAnswer.State.READY,
                  new SessionAnswer.User(program.auditName(), program.tokenRole()),
                  null);
        });
  }

  private void setUp(Exchange exchange) {
    SetupRequest request = exchange.json(SetupRequest.class);
    open(
        exchange,
        Outcomes.resultOf(
            accounts.setUp(new Secret(request.token), request.name, request.password)));
  }

  private void logIn(Exchange exchange) {
    LoginRequest request = exchange.json(LoginRequest.class);
    String replaced =
        exchange.caller() instanceof Caller.Person person ? person.sessionHash() : null;
    open(
        exchange,
        Outcomes.resultOf(
            accounts.login(request.name, request.password, exchange.peer(), replaced)));
  }

  private void logOut(Exchange exchange) {
    if (exchange.caller() instanceof Caller.Person person) {
      accounts.logout(person);
    }
    setCookie(exchange, "", "; Max-Age=0");
    exchange.done();
  }

  private void setPreferences(Exchange exchange) {
    Map<String, String> choices = exchange.jsonTexts();
    Outcomes.resultOf(preferences.replace(person(exchange).name(), choices));
    exchange.done();
  }

  private void changePassword(Exchange exchange) {
    PasswordRequest request = exchange.json(PasswordRequest.class);
    open(
        exchange,
        Outcomes.resultOf(
            accounts.changePassword(
                person(exchange), request.current, request.next, exchange.peer())));
  }

  private void open(Exchange exchange, NewSession session) {
    setCookie(exchange, session.secret().text(), "");
    exchange.answer(ready(session.person()));
  }

  private SessionAnswer ready(Caller.Person person) {
    return answer(
        SessionAnswer.State.READY,
        new SessionAnswer.User(person.name(), person.personRole()),
        person.csrf());
  }

  private SessionAnswer answer(
      SessionAnswer.State state, SessionAnswer.@Nullable User user, @Nullable String csrf) {
    return new SessionAnswer(state, user, csrf, version, hub);
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

  /// The person behind a request to a route of [Access#ACCOUNT], which nobody else reaches.
  private static Caller.Person person(Exchange exchange) {
    return (Caller.Person) exchange.caller();
  }
}
