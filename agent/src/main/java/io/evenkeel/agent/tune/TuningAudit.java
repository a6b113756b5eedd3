package io.evenkeel.agent.tune;

import io.evenkeel.model.audit.HashChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/// Who asked this server for what, and what came of it: append-only, each line chained to the one
/// before by its hash ([HashChain]). Not thread-safe.
public final class TuningAudit implements AutoCloseable {
  /// The name of the log in the folder of [TuningExecutor.Settings].
  public static final String FILE = "audit";

  private static final int FIELDS = 7;

  private final AppendedFile file;
  private final InstantSource clock;
  private long seq;
  private String hash;

  /// What checking a log found.
  public sealed interface Verdict {
    /// Every line is as it was written.
    record Intact(long entries, String lastHash) implements Verdict {}

    /// The line is not what was written there, or lines before it are missing.
    record Broken(long line, String reason) implements Verdict {}
  }

  private TuningAudit(AppendedFile file, long seq, String hash, InstantSource clock) {
    this.file = file;
    this.seq = seq;
    this.hash = hash;
    this.clock = clock;
  }

  /// @throws IOException when it cannot be read or its chain is broken
  static TuningAudit open(Path folder, InstantSource clock) throws IOException {
    AppendedFile file = AppendedFile.open(folder, FILE);
    try {
      TuningAudit audit =
          switch (verify(file.found())) {
            case Verdict.Intact(long entries, String last) ->
                new TuningAudit(file, entries, last, clock);
            case Verdict.Broken(long line, String reason) ->
                throw new IOException(
                    folder.resolve(FILE)
                        + " is broken at line "
                        + line
                        + " ("
                        + reason
                        + "): move it away to go on");
          };
      if (file.tornBytes() > 0) {
        audit.append(
            "agent", "audit-recovered", "", file.tornBytes() + " bytes of an unfinished line");
      }
      return audit;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /// Checks a log.
  ///
  /// @throws IOException when it cannot be read
  public static Verdict verify(Path path) throws IOException {
    return verify(Files.readAllLines(path));
  }

  private static Verdict verify(List<String> lines) {
    String previous = HashChain.GENESIS;
    long number = 0;
    for (String line : lines) {
      number++;
      String[] fields = line.split("\t", -1);
      if (fields.length != FIELDS || !fields[1].matches("-?[0-9]{1,18}")) {
        return new Verdict.Broken(number, "it is no line of an audit log");
      }
      if (!fields[0].equals(Long.toString(number))) {
        return new Verdict.Broken(number, "the line is missing");
      }
      String expected =
          HashChain.next(
              previous,
              number,
              Long.parseLong(fields[1]),
              fields[2],
              fields[3],
              fields[4],
              fields[5]);
      if (!expected.equals(fields[6])) {
        return new Verdict.Broken(number, "the line does not fit its hash");
      }
      previous = expected;
    }
    return new Verdict.Intact(number, previous);
  }

  void append(String actor, String action, String target, String detail) throws IOException {
    long at = clock.millis();
    String[] texts = {plain(actor), plain(action), plain(target), plain(detail)};
    String next = HashChain.next(hash, seq + 1, at, texts);
    file.append((seq + 1) + "\t" + at + "\t" + String.join("\t", texts) + "\t" + next);
    seq++;
    hash = next;
  }

  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
