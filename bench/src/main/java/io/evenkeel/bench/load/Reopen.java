package io.evenkeel.bench.load;

import io.evenkeel.tsdb.engine.LocalStore;
import io.evenkeel.tsdb.engine.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/// Opens a store that [Feed] left as a kill does and prints how long that took and what memory.
///
/// Argument: directory of the store.
public final class Reopen {
  private Reopen() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    long log;
    try (var files = Files.list(directory.resolve("log"))) {
      log = files.mapToLong(file -> file.toFile().length()).sum();
    }
    long begun = System.nanoTime();
    try (LocalStore store =
        LocalStore.open(directory, StoreSettings.DEFAULT.withoutMaintenance(), Clock.systemUTC())) {
      System.out.printf(
          "%d bytes of log and checkpoint: open after %d ms, %s, problems %s%n",
          log, (System.nanoTime() - begun) / 1_000_000, store.statistics(), store.problems());
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("RssAnon") || line.startsWith("VmHWM")) {
        System.out.println(line);
      }
    }
  }
}
