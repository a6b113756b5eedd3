package io.evenkeel.hub.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.security.Outcome.Reason;
import io.evenkeel.model.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The API tokens of programs: made, recognised, revoked. Safe for use by many threads.
public final class ApiTokens {
  /// What every token begins with, so that a leaked one is recognised by scanners and people.
  public static final String PREFIX = "ek_";

  private static final int SECRET_BITS = 256;
  private static final int ID_LETTERS = 12;
  private static final int LONGEST_NAME = 100;
  private static final int MOST_DAYS = 3_650;
  private static final Duration USE_GRAIN = Duration.ofMinutes(1);

  /// How long a token is recognised without asking the database, and so how long one that another
  /// process revokes still opens.
  static final Duration REMEMBERED = Duration.ofSeconds(5);

  private static final int MOST_REMEMBERED = 10_000;

  private final Database database;
  private final ApiTokenStore tokens = new ApiTokenStore();
  private final AuditStore audit;
  private final InstantSource clock;
  private final Cache<String, ApiToken> remembered;

  public ApiTokens(Database database, AuditStore audit, InstantSource clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .executor(Runnable::run)
            .build();
  }

  /// A token with its secret, which is never to be had again.
  public record NewToken(ApiToken token, Secret secret) {}

  /// All tokens, newest first.
  public List<ApiToken> all() {
    return database.read(tokens::all);
  }

  /// Makes a token that ends after `days`.
  public Outcome<NewToken> create(String name, Role role, Scope scope, int days, String actor) {
    if (name.isBlank()
        || name.length() > LONGEST_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      return Outcome.invalid(
          "name",
          Text.of(
              "A token's name has 1 to " + LONGEST_NAME + " characters: say what uses it.",
              "令牌名称有 1 至 " + LONGEST_NAME + " 个字符：请写明用途。"));
    }
    if (days < 1 || days > MOST_DAYS) {
      return Outcome.invalid(
          "expiresInDays",
          Text.of("A token lasts 1 to " + MOST_DAYS + " days.", "令牌有效期为 1 至 " + MOST_DAYS + " 天。"));
    }
    Secret secret = Secret.random(PREFIX, SECRET_BITS);
    Instant now = clock.instant();
    ApiToken token =
        new ApiToken(
            secret.hash().substring(0, ID_LETTERS),
            name,
            role,
            scope,
            now,
            now.plus(Duration.ofDays(days)),
            null);
    database.change(transaction -> {
      tokens.insert(transaction, token, secret.hash());
      audit.append(
          transaction,
          actor,
          "token.create",
          name,
          token.id() + ' ' + scope.wireName() + ' ' + role.wireName() + ' ' + days + "d");
    });
    return Outcome.done(new NewToken(token, secret));
  }

  /// Ends a token: at once in this process, within [#REMEMBERED] in another.
  public Outcome<ApiToken> revoke(String id, String actor) {
    Outcome<ApiToken> revoked =
        database.write(transaction -> {
          Optional<ApiToken> token = tokens.find(transaction, id);
          if (token.isEmpty()) {
            return Outcome.refused(
                Reason.NOT_FOUND,
                Text.of("There is no token with the id '" + id + "'.", "没有 ID 为“" + id + "”的令牌。"));
          }
          tokens.delete(transaction, id);
          audit.append(transaction, actor, "token.revoke", token.get().name(), id);
          return Outcome.done(token.get());
        });
    remembered.invalidateAll();
    return revoked;
  }

  /// The program behind a token; empty when it is unknown, revoked or expired.
  public Optional<Caller.Program> recognise(Secret secret) {
    Instant now = clock.instant();
    String hash = secret.hash();
    Optional<ApiToken> token = Optional.ofNullable(remembered.getIfPresent(hash));
    if (token.isEmpty()) {
      token = database.read(transaction -> tokens.findBySecretHash(transaction, hash));
      token.ifPresent(found -> {
        remembered.put(hash, found);
        Instant used = found.lastUsedAt();
        if (used == null || used.plus(USE_GRAIN).isBefore(now)) {
          database.change(transaction -> tokens.used(transaction, found.id(), now));
        }
      });
    }
    return token
        .filter(found -> found.expiresAt().isAfter(now))
        .map(found -> new Caller.Program(found.id(), found.name(), found.role(), found.scope()));
  }
}
