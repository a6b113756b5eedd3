package io.evenkeel.hub.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// The settings database of one hub, a SQLite file.
///
/// Every write runs on one platform thread in a transaction begun with BEGIN IMMEDIATE, so that no
/// two ever contend, and is forced to disk before it returns (synchronous=FULL). Reads run on the
/// caller's thread with one of a few connections. Safe for use by many threads.
public final class Database implements AutoCloseable {
  private static final int READERS = 4;
  private static final int BUSY_MILLIS = 5_000;

  /// Work in a transaction or on a read connection.
  public interface Work<T> {
    T on(Handle handle) throws Exception;
  }

  private final HikariDataSource readers;
  private final HikariDataSource writer;
  private final Jdbi reading;
  private final Jdbi writing;
  private final ExecutorService writeThread;

  private Database(HikariDataSource readers, HikariDataSource writer) {
    this.readers = readers;
    this.writer = writer;
    this.reading = Jdbi.create(readers);
    this.writing = Jdbi.create(writer);
    this.writeThread =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("settings-writer").factory());
  }

  /// Opens or creates the database file and brings its tables up to date.
  ///
  /// @throws DatabaseException when the file cannot be opened or comes from a newer Evenkeel
  public static Database open(Path file) {
    HikariDataSource writer =
        pool(file, "settings-writer", 1, SQLiteConfig.TransactionMode.IMMEDIATE);
    try {
      Flyway.configure()
          .dataSource(writer)
          .locations("classpath:db/migration")
          .validateMigrationNaming(true)
          .load()
          .migrate();
    } catch (FlywayException e) {
      writer.close();
      throw new DatabaseException(
          "cannot prepare the settings in " + file + ": " + firstLine(e), e);
    }
    return new Database(
        pool(file, "settings-reader", READERS, SQLiteConfig.TransactionMode.DEFERRED), writer);
  }

  private static HikariDataSource pool(
      Path file, String name, int size, SQLiteConfig.TransactionMode mode) {
    SQLiteConfig sqlite = new SQLiteConfig();
    sqlite.setJournalMode(SQLiteConfig.JournalMode.WAL);
    sqlite.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    sqlite.enforceForeignKeys(true);
    sqlite.setBusyTimeout(BUSY_MILLIS);
    sqlite.setTransactionMode(mode);
    SQLiteDataSource source = new SQLiteDataSource(sqlite);
    source.setUrl("jdbc:sqlite:" + file);
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setDataSource(source);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(1);
    config.setInitializationFailTimeout(1);
    try {
      return new HikariDataSource(config);
    } catch (RuntimeException e) {
      throw new DatabaseException("cannot open the settings in " + file + ": " + firstLine(e), e);
    }
  }

  private static String firstLine(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage())
        .lines()
        .findFirst()
        .orElse(cause.getClass().getSimpleName());
  }

  /// Runs a transaction and returns once it is on disk; on any exception nothing of it stays.
  public <T> T write(Work<T> work) {
    return join(writeThread.submit(() -> writing.inTransaction(work::on)));
  }

  /// Runs queries on a read connection.
  public <T> T read(Work<T> work) {
    try {
      return reading.withHandle(work::on);
    } catch (Exception e) {
      throw wrapped(e);
    }
  }

  private static <T> T join(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          // The transaction goes on; the caller must learn how it ended.
          interrupted = true;
        } catch (ExecutionException e) {
          throw wrapped(e.getCause() == null ? e : e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException wrapped(Throwable cause) {
    if (cause instanceof RuntimeException unchecked) {
      return unchecked;
    }
    return new DatabaseException("a change of the settings failed: " + cause.getMessage(), cause);
  }

  /// Finishes the running write and closes the file.
  @Override
  public void close() {
    writeThread.close();
    readers.close();
    writer.close();
  }
}
