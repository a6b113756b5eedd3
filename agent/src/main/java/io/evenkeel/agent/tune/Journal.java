package io.evenkeel.agent.tune;

import io.evenkeel.model.tune.TuningRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/// What was changed on this server and what was there before: on the disk before the write it tells
/// of. Each line has its own checksum. Not thread-safe.
final class Journal implements AutoCloseable {
  private static final String FILE = "journal";
  private static final String INTENT = "intent";

  private final AppendedFile file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /// Where a change is.
  enum State {
    /// The knob may be turned, or about to be; the lease decides how long.
    LEASED,
    /// The value stays.
    KEPT,
    /// The old value is back.
    REVERTED,
    /// Somebody else wrote the knob since: left as they wrote it.
    YIELDED
  }

  /// A change.
  ///
  /// @param before the knob's snapshot before it was turned
  record Entry(String id, TuningRequest request, String before, State state) {
    boolean isOpen() {
      return state == State.LEASED;
    }
  }

  private Journal(AppendedFile file) {
    this.file = file;
  }

  /// @throws IOException when it cannot be read, or a line is not what was written: nothing is
  ///   turned on a server whose journal cannot be trusted
  static Journal open(Path folder) throws IOException {
    AppendedFile file = AppendedFile.open(folder, FILE);
    try {
      Journal journal = new Journal(file);
      int number = 0;
      for (String line : file.found()) {
        number++;
        journal.replay(line, folder.resolve(FILE) + ", line " + number);
      }
      return journal;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void replay(String line, String where) throws IOException {
    int end = line.lastIndexOf('\t');
    if (end < 0 || !checksum(line.substring(0, end)).equals(line.substring(end + 1))) {
      throw new IOException(
          where
              + " is damaged: compare the server's knobs with what they should be, then move the file away");
    }
    String[] fields = line.substring(0, end).split("\t", -1);
    if (fields[0].equals(INTENT)) {
      entries.put(
          fields[1],
          new Entry(
              fields[1],
              new TuningRequest(fields[2], fields[3], fields[4]),
              fields[5],
              State.LEASED));
    } else {
      Entry entry = entries.get(fields[1]);
      if (entry == null) {
        throw new IOException(where + " ends a change that never began");
      }
      entries.put(
          entry.id(),
          new Entry(
              entry.id(),
              entry.request(),
              entry.before(),
              State.valueOf(fields[0].toUpperCase(Locale.ROOT))));
    }
  }

  /// Every change there ever was, in the order they began.
  List<Entry> entries() {
    return new ArrayList<>(entries.values());
  }

  /// Notes that a knob will be turned.
  Entry intend(String id, TuningRequest request, String before) throws IOException {
    Entry entry = new Entry(id, request, before, State.LEASED);
    write(INTENT, id, request.action(), request.target(), request.value(), before);
    entries.put(id, entry);
    return entry;
  }

  /// Notes how a change ended, or that one which was to stay is open again.
  Entry end(Entry entry, State state) throws IOException {
    write(state.name().toLowerCase(Locale.ROOT), entry.id());
    Entry ended = new Entry(entry.id(), entry.request(), entry.before(), state);
    entries.put(entry.id(), ended);
    return ended;
  }

  private void write(String... fields) throws IOException {
    String line = String.join("\t", fields);
    file.append(line + "\t" + checksum(line));
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
