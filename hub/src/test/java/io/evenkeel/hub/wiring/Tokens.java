package io.evenkeel.hub.wiring;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.security.ApiTokens;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/// Makes API tokens in the settings of a hub, as `evenkeel token` does beside a running one.
final class Tokens {
  private Tokens() {}

  static String make(Path data, Role role, Scope scope) throws IOException {
    Files.createDirectories(data);
    try (Database database = Database.open(data.resolve("settings.db"))) {
      ApiTokens tokens =
          new ApiTokens(database, new AuditStore(Clock.systemUTC()), Clock.systemUTC());
      return switch (tokens.create("test", role, scope, 1, "test")) {
        case Outcome.Done<ApiTokens.NewToken>(ApiTokens.NewToken made) -> made.secret().text();
        case Outcome.Refused<ApiTokens.NewToken> refused -> throw new AssertionError(refused);
      };
    }
  }
}
