package io.evenkeel.hub.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// The settings database: SQLite in write-ahead mode, every commit forced to disk.
///
/// Concurrency: all writes run on one platform thread, each in a transaction that takes the write
/// lock at its beginning (`BEGIN IMMEDIATE`), so that two writers of this process never meet.
/// Another process (`evenkeel token`) waits for the lock up to [#BUSY_TIMEOUT]. Reads run on the
/// caller's thread with a connection of a small pool and see the last commit. An interrupt of a
/// waiting caller never reaches the writer: the transaction then ends either way, and the caller
/// gets an exception.
public final class Database implements AutoCloseable {
  private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);
  private static final int READERS = 4;
  private static final int QUEUED_WRITES = 1_000;

  private final Path file;
  private final LinkedBlockingQueue<Runnable> writes = new LinkedBlockingQueue<>(QUEUED_WRITES);
  private final Thread writer;
  private final Handle writeHandle;
  private @Nullable HikariDataSource readerPool;
  private @Nullable Jdbi readers;
  private volatile boolean closed;

  private Database(Path file, Handle writeHandle) {
    this.file = file;
    this.writeHandle = writeHandle;
    this.writer =
        Thread.ofPlatform().name("settings-writer").daemon(true).unstarted(this::writeLoop);
  }

  /// Opens (and creates or migrates) a database file in a folder that exists.
  ///
  /// @throws DatabaseException when the file cannot be opened, is damaged, or is of a newer version
  public static Database open(Path file) {
    SQLiteDataSource source = source(file, false);
    Handle handle;
    try {
      createForOwnerOnly(file);
      handle = jdbi(source).open();
    } catch (RuntimeException | IOException e) {
      throw DatabaseException.opening(file, e);
    }
    try {
      Migrations.apply(source, handle, file);
    } catch (DatabaseException e) {
      handle.close();
      throw e;
    } catch (RuntimeException e) {
      handle.close();
      throw DatabaseException.opening(file, e);
    }
    Database database = new Database(file, handle);
    database.writer.start();
    return database;
  }

  /// Runs `work` in a write transaction and returns its result once the commit is on disk. An
  /// exception of `work` rolls back and reaches the caller as it is.
  public <T extends @Nullable Object> T write(Function<Transaction, T> work) {
    if (Thread.currentThread() == writer) {
      throw new IllegalStateException("a write inside a write: pass the transaction on instead");
    }
    FutureTask<T> task =
        new FutureTask<>(() -> writeHandle.inTransaction(h -> work.apply(new Transaction(h))));
    if (closed) {
      throw new DatabaseException("the settings database is closed: the hub is stopping");
    }
    try {
      writes.put(task);
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseException("interrupted while waiting for the settings database", e);
    } catch (ExecutionException e) {
      throw unwrap(e);
    }
  }

  /// As [#write] without a result.
  public void change(Consumer<Transaction> work) {
    this.<@Nullable Object>write(transaction -> {
      work.accept(transaction);
      return null;
    });
  }

  /// Runs `work` on one consistent view of the last commit, on the caller's thread.
  public <T extends @Nullable Object> T read(Function<Transaction, T> work) {
    return readers().inTransaction(h -> work.apply(new Transaction(h)));
  }

  /// What SQLite finds wrong with a file, of which nothing is changed; nothing when it is whole.
  ///
  /// @throws DatabaseException when it cannot be opened at all
  public static List<String> damages(Path file) {
    try (Handle handle = jdbi(source(file, true)).open()) {
      handle.execute("PRAGMA query_only = true");
      return handle.createQuery("PRAGMA integrity_check").mapTo(String.class).list().stream()
          .filter(line -> !line.equals("ok"))
          .toList();
    } catch (RuntimeException e) {
      throw DatabaseException.opening(file, e);
    }
  }

  /// Writes a consistent copy of the last commit into a file that does not exist yet.
  public void copyTo(Path copy) {
    try {
      createForOwnerOnly(copy);
    } catch (IOException e) {
      throw new DatabaseException("the copy " + copy + " cannot be made: " + e.getMessage());
    }
    // The readers' connections refuse it, though it only reads this database.
    try (Handle handle = jdbi(source(file, false)).open()) {
      handle.execute("VACUUM INTO ?", copy.toString());
    }
  }

  /// Ends the writes already accepted, then closes every connection.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    writes.add(() -> {});
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      if (readerPool != null) {
        readerPool.close();
      }
    }
    writeHandle.close();
  }

  private void writeLoop() {
    while (!closed || !writes.isEmpty()) {
      try {
        writes.take().run();
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts the settings writer", e);
      }
    }
  }

  private synchronized Jdbi readers() {
    if (readers == null) {
      if (closed) {
        throw new DatabaseException("the settings database is closed: the hub is stopping");
      }
      HikariConfig pool = new HikariConfig();
      pool.setPoolName("settings-readers");
      pool.setDataSource(source(file, true));
      pool.setMaximumPoolSize(READERS);
      pool.setMinimumIdle(1);
      pool.setInitializationFailTimeout(-1);
      pool.setConnectionInitSql("PRAGMA query_only = true");
      readerPool = new HikariDataSource(pool);
      readers = jdbi(readerPool);
    }
    return readers;
  }

  /// The file holds password hashes. SQLite gives its log and index files the mode of the file
  /// itself.
  private static void createForOwnerOnly(Path file) throws IOException {
    if (Files.notExists(file)
        && Files.getFileStore(file.toAbsolutePath().getParent())
            .supportsFileAttributeView("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
  }

  /// With statements as they are written: nothing is put into their text, and named parameters are
  /// found by [NamedParameters].
  private static Jdbi jdbi(DataSource source) {
    Jdbi jdbi = Jdbi.create(source);
    jdbi.getConfig(SqlStatements.class)
        .setTemplateEngine(TemplateEngine.NOP)
        .setSqlParser(new NamedParameters());
    return jdbi;
  }

  private static SQLiteDataSource source(Path file, boolean readOnly) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTransactionMode(
        readOnly ? SQLiteConfig.TransactionMode.DEFERRED : SQLiteConfig.TransactionMode.IMMEDIATE);
    config.setBusyTimeout((int) BUSY_TIMEOUT.toMillis());
    config.enforceForeignKeys(true);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private static RuntimeException unwrap(ExecutionException failure) {
    return switch (failure.getCause()) {
      case RuntimeException e -> e;
      case SQLException e ->
          new DatabaseException("the settings could not be written: " + e.getMessage(), e);
      case Error e -> throw e;
      case null, default -> new DatabaseException("the settings could not be written", failure);
    };
  }
}
