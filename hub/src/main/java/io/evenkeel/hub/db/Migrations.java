package io.evenkeel.hub.db;

import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;

/// The steps that bring the settings database to this version's tables.
///
/// Starting Flyway costs a third of a second, so a database whose newest step is already [#LATEST]
/// is left alone after one query.
final class Migrations {
  /// The newest file in `db/migration`; a test compares it with the folder.
  static final int LATEST = 15;

  private Migrations() {}

  static void apply(DataSource source, Handle handle, Path file) {
    int current = current(handle);
    if (current > LATEST) {
      throw new DatabaseException(
          file
              + " was written by a newer Evenkeel: start that version, or put back a backup made by this one");
    }
    if (current < LATEST) {
      Flyway.configure().dataSource(source).locations("classpath:db/migration").load().migrate();
    }
  }

  /// The newest applied step, 0 for an empty database.
  private static int current(Handle handle) {
    List<String> history =
        handle
            .createQuery("SELECT name FROM sqlite_master WHERE name = 'flyway_schema_history'")
            .mapTo(String.class)
            .list();
    if (history.isEmpty()) {
      return 0;
    }
    return handle
        .createQuery(
            "SELECT version FROM flyway_schema_history WHERE success AND version IS NOT NULL")
        .mapTo(Integer.class)
        .stream()
        .mapToInt(Integer::intValue)
        .max()
        .orElse(0);
  }
}
