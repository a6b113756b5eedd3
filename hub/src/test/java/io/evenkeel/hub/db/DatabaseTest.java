package io.evenkeel.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  @TempDir Path folder;
  private Database database;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("settings.db"));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void a_write_is_there_after_a_restart() {
    put(database, "a", "1");
    database.close();
    open();
    assertThat(get("a")).contains("1");
  }

  @Test
  void an_exception_rolls_the_whole_write_back_and_reaches_the_caller() {
    IllegalStateException fault = new IllegalStateException("halfway");
    assertThatThrownBy(() ->
            database.change(transaction -> {
              put(transaction, "a", "1");
              throw fault;
            }))
        .isSameAs(fault);
    assertThat(get("a")).isEmpty();
    put(database, "a", "2");
    assertThat(get("a")).contains("2");
  }

  @Test
  void a_write_inside_a_write_is_a_fault_and_not_a_deadlock() {
    assertThatThrownBy(() -> database.change(outer -> put(database, "a", "1")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("pass the transaction on");
  }

  @Test
  void a_read_cannot_change_anything() {
    assertThatThrownBy(
            () -> database.read(transaction -> transaction.execute("DELETE FROM settings")))
        .hasMessageContaining("readonly");
  }

  @Test
  void many_writers_and_readers_lose_nothing() throws InterruptedException {
    put(database, "count", "0");
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int n = 0; n < 10; n++) {
                  database.change(transaction -> {
                    int count = Integer.parseInt(get(transaction, "count").orElseThrow());
                    put(transaction, "count", Integer.toString(count + 1));
                  });
                  get("count");
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(get("count")).contains("200");
  }

  @Test
  void an_interrupted_caller_does_not_harm_the_writer() throws InterruptedException {
    Thread caller =
        Thread.ofPlatform()
            .start(() -> {
              Thread.currentThread().interrupt();
              assertThatThrownBy(() -> put(database, "a", "1"))
                  .isInstanceOf(DatabaseException.class);
            });
    caller.join();
    put(database, "b", "2");
    assertThat(get("b")).contains("2");
  }

  @Test
  void another_process_can_write_in_between() throws Exception {
    put(database, "a", "1");
    try (Connection other =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("settings.db"));
        Statement statement = other.createStatement()) {
      statement.executeUpdate("UPDATE settings SET value = 'theirs' WHERE key = 'a'");
    }
    assertThat(get("a")).contains("theirs");
    put(database, "a", "2");
    assertThat(get("a")).contains("2");
  }

  @Test
  void commits_are_forced_to_a_write_ahead_log() {
    assertThat(
            database.<String>write(
                t -> t.createQuery("PRAGMA journal_mode").mapTo(String.class).one()))
        .isEqualTo("wal");
    assertThat(
            database.<Integer>write(
                t -> t.createQuery("PRAGMA synchronous").mapTo(Integer.class).one()))
        .as("FULL")
        .isEqualTo(2);
    assertThat(
            database.<Integer>write(
                t -> t.createQuery("PRAGMA foreign_keys").mapTo(Integer.class).one()))
        .isEqualTo(1);
  }

  @Test
  void a_closed_database_says_so() {
    database.close();
    assertThatThrownBy(() -> put(database, "a", "1"))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void a_database_of_a_newer_version_is_refused_and_left_alone() throws Exception {
    database.close();
    try (Connection other =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("settings.db"));
        Statement statement = other.createStatement()) {
      statement.executeUpdate(
          "INSERT INTO flyway_schema_history SELECT 99, '99', 'x', type, 'x', 0, 'x', '', 0, 1"
              + " FROM flyway_schema_history LIMIT 1");
    }
    assertThatThrownBy(() -> Database.open(folder.resolve("settings.db")))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("newer Evenkeel");
  }

  @Test
  void the_newest_migration_is_the_one_that_the_quick_start_compares_with()
      throws IOException, URISyntaxException {
    Path migrations =
        Path.of(
            Optional.ofNullable(Database.class.getResource("/db/migration/V1__accounts.sql"))
                .orElseThrow()
                .toURI());
    try (Stream<Path> files = Files.list(migrations.resolveSibling(""))) {
      List<Integer> versions =
          files
              .map(file -> file.getFileName().toString())
              .map(name -> Integer.valueOf(name.substring(1, name.indexOf("__"))))
              .sorted()
              .toList();
      assertThat(versions.getLast())
          .as("set Migrations.LATEST to the number of the newest file in db/migration")
          .isEqualTo(Migrations.LATEST);
      assertThat(versions).doesNotHaveDuplicates();
    }
  }

  private static void put(Database database, String key, String value) {
    database.change(transaction -> put(transaction, key, value));
  }

  private static void put(Transaction transaction, String key, String value) {
    transaction.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?)"
            + " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value);
  }

  private Optional<String> get(String key) {
    return database.read(transaction -> get(transaction, key));
  }

  private static Optional<String> get(Transaction transaction, String key) {
    return transaction
        .createQuery("SELECT value FROM settings WHERE key = :key")
        .bind("key", key)
        .mapTo(String.class)
        .findOne();
  }
}
