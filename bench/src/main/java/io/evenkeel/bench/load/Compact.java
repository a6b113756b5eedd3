package io.evenkeel.bench.load;

import io.evenkeel.tsdb.engine.LocalStore;
import io.evenkeel.tsdb.engine.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Opens a store two days later, so that everything is sealed and compacted, and prints what its
/// directory then takes.
///
/// Arguments: directory of the store, number of samples in it.
public final class Compact {
  private Compact() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    long samples = Long.parseLong(arguments[1]);
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(2));
    long begun = System.nanoTime();
    try (LocalStore store =
        LocalStore.open(directory, StoreSettings.DEFAULT.withoutMaintenance(), later)) {
      store.maintain();
      System.out.println(store.statistics());
    }
    System.out.printf("sealed and compacted in %d ms%n", (System.nanoTime() - begun) / 1_000_000);
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> {
            String kind =
                file.startsWith(directory.resolve("blocks"))
                    ? "blocks/" + file.getFileName()
                    : directory.relativize(file).getName(0).toString();
            sizes.merge(kind, file.toFile().length(), Long::sum);
          });
    }
    long sum = 0;
    for (Map.Entry<String, Long> entry : sizes.entrySet()) {
      sum += entry.getValue();
      System.out.printf("  %-20s %,12d bytes%n", entry.getKey(), entry.getValue());
    }
    System.out.printf(Locale.ROOT, "  %,d bytes, %.4f per sample%n", sum, (double) sum / samples);
  }
}
