package io.evenkeel.hub.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.hub.db.Database;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the stores of this package must do on every database that can hold the settings.
abstract class SecurityStoresContract {
  static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir Path folder;
  private Database database;

  /// An empty settings database.
  abstract Database open(Path folder);

  @BeforeEach
  void begin() {
    database = open(folder);
  }

  @AfterEach
  void end() {
    database.close();
  }

  private final AccountStore accounts = new AccountStore();
  private final SessionStore sessions = new SessionStore();
  private final ApiTokenStore tokens = new ApiTokenStore();
  private final SetupLinkStore links = new SetupLinkStore();
  private final PreferenceStore preferences = new PreferenceStore();
  private final AuditStore audit = new AuditStore(InstantSource.fixed(NOON));

  private static Account account(String name, Role role) {
    return new Account(name, role, "hash of " + name, NOON, null);
  }

  @Test
  void an_account_comes_back_as_it_was_and_is_found_in_any_case() {
    database.change(t -> accounts.insert(t, account("Wáng.小明", Role.OPERATOR)));
    assertThat(database.<Optional<Account>>read(t -> accounts.find(t, "wÁNG.小明")))
        .contains(account("Wáng.小明", Role.OPERATOR));
    assertThat(database.<Optional<Account>>read(t -> accounts.find(t, "wang"))).isEmpty();
    assertThat(database.<Boolean>read(accounts::any)).isTrue();
  }

  @Test
  void two_accounts_never_differ_in_case_only() {
    database.change(t -> accounts.insert(t, account("vera", Role.VIEWER)));
    assertThatThrownBy(() -> database.change(t -> accounts.insert(t, account("VERA", Role.VIEWER))))
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  void removing_an_account_removes_its_sessions_and_preferences() {
    database.change(t -> {
      accounts.insert(t, account("vera", Role.VIEWER));
      sessions.insert(t, "s1", "vera", NOON);
      preferences.replace(t, "vera", Map.of("theme", "dark"));
    });
    assertThat(database.<Map<String, String>>read(t -> preferences.of(t, "VERA")))
        .containsEntry("theme", "dark");
    assertThat(database.<Boolean>write(t -> accounts.delete(t, "vera"))).isTrue();
    assertThat(database.<Boolean>write(t -> accounts.delete(t, "vera"))).isFalse();
    assertThat(database.<Optional<SessionStore.Row>>read(t -> sessions.find(t, "s1"))).isEmpty();
    assertThat(database.<Map<String, String>>read(t -> preferences.of(t, "vera"))).isEmpty();
  }

  @Test
  void changes_of_an_account_are_kept() {
    database.change(t -> {
      accounts.insert(t, account("vera", Role.VIEWER));
      accounts.setRole(t, "vera", Role.ADMIN);
      accounts.setPassword(t, "vera", "another");
      accounts.loggedIn(t, "vera", NOON.plusSeconds(5));
    });
    assertThat(database.<Optional<Account>>read(t -> accounts.find(t, "vera")))
        .contains(new Account("vera", Role.ADMIN, "another", NOON, NOON.plusSeconds(5)));
    assertThat(database.<Integer>read(t -> accounts.count(t, Role.ADMIN))).isEqualTo(1);
    assertThat(database.<Boolean>write(t -> accounts.setRole(t, "nobody", Role.ADMIN))).isFalse();
  }

  @Test
  void a_session_carries_its_accounts_present_role() {
    database.change(t -> {
      accounts.insert(t, account("vera", Role.VIEWER));
      sessions.insert(t, "s1", "vera", NOON);
      accounts.setRole(t, "vera", Role.OPERATOR);
      sessions.used(t, "s1", NOON.plusSeconds(9));
    });
    assertThat(database.<Optional<SessionStore.Row>>read(t -> sessions.find(t, "s1")))
        .contains(new SessionStore.Row("vera", Role.OPERATOR, NOON, NOON.plusSeconds(9)));
  }

  @Test
  void expired_sessions_go_and_others_stay() {
    database.change(t -> {
      accounts.insert(t, account("vera", Role.VIEWER));
      sessions.insert(t, "old", "vera", NOON.minusSeconds(100));
      sessions.insert(t, "idle", "vera", NOON);
      sessions.insert(t, "live", "vera", NOON);
      sessions.used(t, "live", NOON.plusSeconds(50));
      sessions.deleteExpired(t, NOON.minusSeconds(10), NOON.plusSeconds(10));
    });
    assertThat(database.<Optional<SessionStore.Row>>read(t -> sessions.find(t, "old"))).isEmpty();
    assertThat(database.<Optional<SessionStore.Row>>read(t -> sessions.find(t, "idle"))).isEmpty();
    assertThat(database.<Optional<SessionStore.Row>>read(t -> sessions.find(t, "live")))
        .isPresent();
  }

  @Test
  void a_token_is_found_by_its_secrets_hash_only() {
    ApiToken token =
        new ApiToken("id1", "grafana", Role.VIEWER, Scope.API, NOON, NOON.plusSeconds(60), null);
    database.change(t -> tokens.insert(t, token, "hash1"));
    assertThat(database.<Optional<ApiToken>>read(t -> tokens.findBySecretHash(t, "hash1")))
        .contains(token);
    assertThat(database.<Optional<ApiToken>>read(t -> tokens.findBySecretHash(t, "id1"))).isEmpty();
    database.change(t -> tokens.used(t, "id1", NOON.plusSeconds(3)));
    assertThat(database.<List<ApiToken>>read(tokens::all))
        .singleElement()
        .extracting(ApiToken::lastUsedAt)
        .isEqualTo(NOON.plusSeconds(3));
    assertThat(database.<Boolean>write(t -> tokens.delete(t, "id1"))).isTrue();
    assertThat(database.<List<ApiToken>>read(tokens::all)).isEmpty();
  }

  @Test
  void one_set_up_link_is_open_at_a_time_and_until_its_end() {
    database.change(t -> links.replace(t, "first", NOON));
    database.change(t -> links.replace(t, "second", NOON));
    assertThat(database.<Boolean>read(t -> links.open(t, "first", NOON.minusMillis(1)))).isFalse();
    assertThat(database.<Boolean>read(t -> links.open(t, "second", NOON.minusMillis(1)))).isTrue();
    assertThat(database.<Boolean>read(t -> links.open(t, "second", NOON))).isFalse();
  }

  @Test
  void the_audit_log_shows_any_alteration() {
    for (int i = 1; i <= 5; i++) {
      String target = "target " + i;
      database.change(t -> audit.append(t, "vera", "test", target, ""));
    }
    assertThat(database.<AuditStore.Verdict>read(audit::verify))
        .isInstanceOfSatisfying(
            AuditStore.Verdict.Intact.class, intact -> assertThat(intact.entries()).isEqualTo(5));
    assertThat(database.<List<AuditEntry>>read(t -> audit.newest(t, 2)))
        .extracting(AuditEntry::target)
        .containsExactly("target 5", "target 4");

    assertBrokenAt(3, "UPDATE audit SET at = at + 1 WHERE seq = 3");
    assertBrokenAt(1, "UPDATE audit SET actor = 'ver', action = 'atest' WHERE seq = 1");
    assertBrokenAt(2, "DELETE FROM audit WHERE seq = 2");
    assertBrokenAt(4, "UPDATE audit SET hash = previous_hash WHERE seq = 4");
  }

  /// Checks what an alteration leads to, and takes it back.
  private void assertBrokenAt(long seq, String alteration) {
    assertThatThrownBy(() ->
            database.change(transaction -> {
              transaction.execute(alteration);
              assertThat(audit.verify(transaction))
                  .isInstanceOfSatisfying(
                      AuditStore.Verdict.Broken.class,
                      broken -> assertThat(broken.seq()).isEqualTo(seq));
              throw new TakenBack();
            }))
        .isInstanceOf(TakenBack.class);
  }

  private static final class TakenBack extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
