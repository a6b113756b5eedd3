package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.security.Account;
import io.evenkeel.hub.security.Accounts;
import io.evenkeel.hub.security.ApiToken;
import io.evenkeel.hub.security.ApiTokens;
import io.evenkeel.hub.security.AuditEntry;
import io.evenkeel.hub.security.AuditTrail;
import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Users, API tokens and the audit log. Times are epoch milliseconds.
public final class AdminRoutes {
  public record Users(List<User> users) {}

  /// @param lastLoginAt null before the first login
  public record User(String name, Role role, long createdAt, @Nullable Long lastLoginAt) {}

  public record NewUser(String name, String password, Role role) {}

  public record NewRole(Role role) {}

  public record Tokens(List<Token> tokens) {}

  /// @param lastUsedAt to the minute; null when never used
  public record Token(
      String id,
      String name,
      Role role,
      Scope scope,
      long createdAt,
      long expiresAt,
      @Nullable Long lastUsedAt) {}

  public record NewToken(String name, Role role, Scope scope, int expiresInDays) {}

  /// @param token the secret, answered this once
  public record IssuedToken(String id, String token) {}

  public record Audit(List<Entry> entries) {}

  public record Entry(long at, String actor, String action, String target, String detail) {}

  private static final int USUAL_AUDIT = 100;
  private static final int MOST_AUDIT = 1_000;

  private final Accounts accounts;
  private final ApiTokens tokens;
  private final AuditTrail audit;

  public AdminRoutes(Accounts accounts, ApiTokens tokens, AuditTrail audit) {
    this.accounts = accounts;
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
            exchange ->
                exchange.answer(
                    new Users(accounts.all().stream().map(AdminRoutes::user).toList()))),
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
            exchange ->
                exchange.answer(
                    new Tokens(tokens.all().stream().map(AdminRoutes::token).toList()))),
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
    Outcomes.resultOf(
        accounts.create(
            request.name, request.password, request.role, exchange.caller().auditName()));
    exchange.done();
  }

  private void removeUser(Exchange exchange) {
    Outcomes.resultOf(accounts.delete(exchange.variable("name"), exchange.caller().auditName()));
    exchange.done();
  }

  private void setRole(Exchange exchange) {
    Role role = exchange.json(NewRole.class).role;
    Outcomes.resultOf(
        accounts.setRole(exchange.variable("name"), role, exchange.caller().auditName()));
    exchange.done();
  }

  private void issueToken(Exchange exchange) {
    NewToken request = exchange.json(NewToken.class);
    ApiTokens.NewToken issued =
        Outcomes.resultOf(
            tokens.create(
                request.name,
                request.role,
                request.scope,
                request.expiresInDays,
                exchange.caller().auditName()));
    exchange.answer(new IssuedToken(issued.token().id(), issued.secret().text()));
  }

  private void revokeToken(Exchange exchange) {
    Outcomes.resultOf(tokens.revoke(exchange.variable("id"), exchange.caller().auditName()));
    exchange.done();
  }

  private void audit(Exchange exchange) {
    int limit = exchange.count("limit", USUAL_AUDIT, MOST_AUDIT);
    exchange.answer(new Audit(audit.newest(limit).stream().map(AdminRoutes::entry).toList()));
  }

  private static User user(Account account) {
    return new User(
        account.name(),
        account.role(),
        account.createdAt().toEpochMilli(),
        millis(account.lastLoginAt()));
  }

  private static Token token(ApiToken token) {
    return new Token(
        token.id(),
        token.name(),
        token.role(),
        token.scope(),
        token.createdAt().toEpochMilli(),
        token.expiresAt().toEpochMilli(),
        millis(token.lastUsedAt()));
  }

  private static Entry entry(AuditEntry entry) {
    return new Entry(
        entry.at().toEpochMilli(), entry.actor(), entry.action(), entry.target(), entry.detail());
  }

  private static @Nullable Long millis(@Nullable Instant instant) {
    return instant == null ? null : instant.toEpochMilli();
  }
}
