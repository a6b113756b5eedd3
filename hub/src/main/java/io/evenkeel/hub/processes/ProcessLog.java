package io.evenkeel.hub.processes;

import io.evenkeel.model.ProcessSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The top processes of every host, moment by moment: one folder a host, one file a day.
///
/// Kept for a time and up to a size per host; whole days go, the oldest first, never the day being
/// written. Safe for use by many threads; hosts do not wait for each other.
public final class ProcessLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessLog.class);
  private static final String SUFFIX = ".snapshots";

  private final Path folder;
  private final Retention retention;
  private final Map<String, HostLog> hosts = new HashMap<>();
  private boolean closed;

  /// How long and how much is kept.
  ///
  /// @param days how many days with snapshots are kept: counted, not told by the clock, so that a
  ///   clock that jumped deletes nothing
  /// @param bytesPerHost beyond this a host's oldest days go
  public record Retention(int days, long bytesPerHost) {
    /// As long as raw samples; 30 processes each 10 s are about 5 MB a day.
    public static final Retention DEFAULT = new Retention(15, 128L << 20);
  }

  /// A log in a folder, which is created when it is not there.
  ///
  /// @throws UncheckedIOException when the folder cannot be made
  public ProcessLog(Path folder, Retention retention) {
    this.folder = folder;
    this.retention = retention;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot create " + folder + ", the folder for process snapshots: " + e.getMessage(), e);
    }
  }

  /// Keeps a snapshot of a host; snapshots of one host must come in the order of their times, later
  /// ones that are older are left out.
  ///
  /// @throws UncheckedIOException when it cannot be written
  public void append(String hostId, ProcessSnapshot snapshot) {
    HostLog host = host(hostId);
    synchronized (host) {
      try {
        host.append(snapshot);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot keep the process snapshot in " + host.folder + ": " + e.getMessage(), e);
      }
    }
  }

  /// A host's newest snapshot at or before a time, epoch milliseconds.
  ///
  /// @throws UncheckedIOException when a file cannot be read
  public Optional<ProcessSnapshot> at(String hostId, long timeMillis) {
    HostLog host = host(hostId);
    synchronized (host) {
      try {
        return host.at(timeMillis);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot read the process snapshots in " + host.folder + ": " + e.getMessage(), e);
      }
    }
  }

  private HostLog host(String hostId) {
    if (!hostId.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException("'" + hostId + "' is not a host's id");
    }
    synchronized (hosts) {
      if (closed) {
        throw new IllegalStateException("the process log is closed");
      }
      return hosts.computeIfAbsent(hostId, id -> new HostLog(folder.resolve(id)));
    }
  }

  /// Forces what was written to disk and closes the files.
  @Override
  public void close() {
    List<HostLog> open;
    synchronized (hosts) {
      closed = true;
      open = new ArrayList<>(hosts.values());
      hosts.clear();
    }
    for (HostLog host : open) {
      synchronized (host) {
        try {
          host.closeFiles();
        } catch (IOException e) {
          LOG.warn(
              "Process snapshots in {} could not be forced to disk: {}",
              host.folder,
              e.getMessage());
        }
      }
    }
  }

  /// One host's days.
  private final class HostLog {
    private final Path folder;
    private final NavigableSet<LocalDate> days = new TreeSet<>();
    private boolean listed;
    private @Nullable DayFile writing;
    private @Nullable LocalDate writingDay;
    private @Nullable DayFile reading;
    private @Nullable LocalDate readingDay;

    HostLog(Path folder) {
      this.folder = folder;
    }

    void append(ProcessSnapshot snapshot) throws IOException {
      list();
      fileFor(day(snapshot.timestampMillis())).append(snapshot);
    }

    private DayFile fileFor(LocalDate day) throws IOException {
      if (writing != null && day.equals(writingDay)) {
        return writing;
      }
      if (writing != null) {
        writing.close();
        writing = null;
      }
      Files.createDirectories(folder);
      DayFile opened = DayFile.openForWriting(folder.resolve(day + SUFFIX));
      if (opened.cutBytes() > 0) {
        LOG.warn(
            "Process snapshots {}: {} bytes at the end were no whole record (the hub was stopped while writing) and are cut off",
            opened.path(),
            opened.cutBytes());
      }
      if (reading != null && day.equals(readingDay)) {
        reading.close();
        reading = null;
      }
      writing = opened;
      writingDay = day;
      days.add(day);
      removeOldDays(day);
      return opened;
    }

    private void removeOldDays(LocalDate today) throws IOException {
      int kept = 0;
      long bytes = 0;
      for (LocalDate day : List.copyOf(days.descendingSet())) {
        Path path = folder.resolve(day + SUFFIX);
        bytes += Files.exists(path) ? Files.size(path) : 0;
        kept++;
        if (!day.equals(today) && (kept > retention.days() || bytes > retention.bytesPerHost())) {
          if (reading != null && day.equals(readingDay)) {
            reading.close();
            reading = null;
          }
          Files.deleteIfExists(path);
          days.remove(day);
        }
      }
    }

    Optional<ProcessSnapshot> at(long timeMillis) throws IOException {
      list();
      LocalDate day = day(timeMillis);
      for (LocalDate candidate : days.headSet(day, true).descendingSet()) {
        Optional<ProcessSnapshot> found = open(candidate).at(timeMillis);
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }

    private DayFile open(LocalDate day) throws IOException {
      if (writing != null && day.equals(writingDay)) {
        return writing;
      }
      if (reading != null && day.equals(readingDay)) {
        return reading;
      }
      if (reading != null) {
        reading.close();
        reading = null;
      }
      DayFile opened = DayFile.openForReading(folder.resolve(day + SUFFIX));
      reading = opened;
      readingDay = day;
      return opened;
    }

    private void list() throws IOException {
      if (listed) {
        return;
      }
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          files.forEach(this::note);
        }
      }
      listed = true;
    }

    private void note(Path file) {
      String name = file.getFileName().toString();
      if (!name.endsWith(SUFFIX)) {
        return;
      }
      try {
        days.add(LocalDate.parse(name.substring(0, name.length() - SUFFIX.length())));
      } catch (DateTimeParseException e) {
        LOG.warn("Ignored {}: its name is not a day", file);
      }
    }

    void closeFiles() throws IOException {
      try (DayFile first = writing;
          DayFile second = reading) {
        writing = null;
        reading = null;
      }
    }
  }

  private static LocalDate day(long timeMillis) {
    return Instant.ofEpochMilli(timeMillis).atZone(ZoneOffset.UTC).toLocalDate();
  }
}
