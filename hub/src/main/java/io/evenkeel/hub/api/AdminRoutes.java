package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.security.Account;
import io.evenkeel.hub.security.AccountStore;
import io.evenkeel.hub.security.Accounts;
import io.evenkeel.hub.security.AuditLog;
import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.TokenStore;
import java.time.Duration;
import java.util.List;

/// Users, API tokens and the audit log.
public final class AdminRoutes {
  public record Users(List<Account> users) {}

  public record NewUser(String name, String password, Role role) {}

  public record NewRole(Role role) {}

  public record Tokens(List<TokenStore.Token> tokens) {}

  public record NewToken(String name, Role role, TokenStore.Scope scope, int expiresInDays) {}

  public record IssuedToken(String id, String token) {}

  public record Audit(List<AuditLog.Entry> entries) {}

  private static final int MOST_TOKEN_DAYS = 3_650;
  private static final int MOST_AUDIT = 1_000;

  private final Accounts accounts;
  private final AccountStore store;
  private final TokenStore tokens;
  private final AuditLog audit;

  public AdminRoutes(Accounts accounts, AccountStore store, TokenStore tokens, AuditLog audit) {
    this.accounts = accounts;
    this.store = store;
    this.tokens = tokens;
    this.audit = audit;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/users",
            Access.ADMIN,
            "Lists the accounts.",
            Users.class,
            exchange -> exchange.answer(new Users(store.list()))),
        Route.post(
            "/api/hub/v1/users",
            Access.ADMIN,
            "Adds an account.",
            NewUser.class,
            null,
            this::addUser),
        Route.delete(
            "/api/hub/v1/users/{name}",
            Access.ADMIN,
            "Removes an account and its sessions.",
            this::removeUser),
        Route.put(
            "/api/hub/v1/users/{name}/role",
            Access.ADMIN,
            "Changes an account's role.",
            NewRole.class,
            null,
            this::setRole),
        Route.get(
            "/api/hub/v1/tokens",
            Access.ADMIN,
            "Lists the API tokens, without their secrets.",
            Tokens.class,
            exchange -> exchange.answer(new Tokens(tokens.list()))),
        Route.post(
            "/api/hub/v1/tokens",
            Access.ADMIN,
            "Issues an API token; its secret is answered this once.",
            NewToken.class,
            IssuedToken.class,
            this::issueToken),
        Route.delete(
            "/api/hub/v1/tokens/{id}", Access.ADMIN, "Revokes an API token.", this::revokeToken),
        Route.get(
            "/api/hub/v1/audit",
            Access.ADMIN,
            "Lists who changed what, newest first.",
            Audit.class,
            this::audit));
  }

  private void addUser(Exchange exchange) {
    NewUser request = exchange.json(NewUser.class);
    SessionRoutes.check("name", Accounts.nameProblem(request.name));
    SessionRoutes.check("password", Accounts.passwordProblem(request.password));
    if (!accounts.add(exchange.caller().actor(), request.name, request.password, request.role)) {
      throw ApiException.conflict("There is an account named '" + request.name + "' already.");
    }
    exchange.done();
  }

  private void removeUser(Exchange exchange) {
    String name = exchange.variable("name");
    known(name);
    if (!store.remove(name)) {
      throw ApiException.conflict("'" + name + "' is the last administrator and stays.");
    }
    audit.add(exchange.caller().actor(), "user-remove", name, "");
    exchange.done();
  }

  private void setRole(Exchange exchange) {
    String name = exchange.variable("name");
    Role role = exchange.json(NewRole.class).role;
    known(name);
    if (!store.setRole(name, role)) {
      throw ApiException.conflict("'" + name + "' is the last administrator and stays one.");
    }
    audit.add(exchange.caller().actor(), "user-role", name, role.name());
    exchange.done();
  }

  private void known(String name) {
    if (store.find(name).isEmpty()) {
      throw ApiException.notFound("There is no account named '" + name + "'.");
    }
  }

  private void issueToken(Exchange exchange) {
    NewToken request = exchange.json(NewToken.class);
    if (request.name.isBlank() || request.name.length() > 100) {
      throw ApiException.badField("name", "A token's name has 1 to 100 characters.");
    }
    if (request.expiresInDays < 1 || request.expiresInDays > MOST_TOKEN_DAYS) {
      throw ApiException.badField("expiresInDays", "A token lives 1 to 3,650 days.");
    }
    TokenStore.Issued issued =
        tokens.issue(
            request.name.strip(),
            request.role,
            request.scope,
            Duration.ofDays(request.expiresInDays));
    audit.add(
        exchange.caller().actor(),
        "token-issue",
        issued.token().name(),
        request.role + " " + request.scope + " for " + request.expiresInDays + " days");
    exchange.answer(new IssuedToken(issued.token().id(), issued.secret()));
  }

  private void revokeToken(Exchange exchange) {
    String id = exchange.variable("id");
    if (!tokens.revoke(id)) {
      throw ApiException.notFound("There is no token with this id.");
    }
    audit.add(exchange.caller().actor(), "token-revoke", id, "");
    exchange.done();
  }

  private void audit(Exchange exchange) {
    String text = exchange.parameter("limit").orElse("100");
    if (!text.matches("\\d{1,4}") || Integer.parseInt(text) > MOST_AUDIT) {
      throw ApiException.badField("limit", "The limit is a number up to 1,000.");
    }
    exchange.answer(new Audit(audit.newest(Integer.parseInt(text))));
  }
}
