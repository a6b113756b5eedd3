package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Database;
import java.nio.file.Path;

class SqliteSecurityStoresTest extends SecurityStoresContract {
  @Override
  Database open(Path folder) {
    return Database.open(folder.resolve("settings.db"));
  }
}
