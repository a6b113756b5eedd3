package io.evenkeel.hub.fleet;

import io.evenkeel.hub.db.Database;
import java.nio.file.Path;

class SqliteHostAttributeStoreTest extends HostAttributeStoreContract {
  @Override
  Database open(Path folder) {
    return Database.open(folder.resolve("settings.db"));
  }
}
