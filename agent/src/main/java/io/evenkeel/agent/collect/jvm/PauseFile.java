package io.evenkeel.agent.collect.jvm;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Map;

/// The file in which one Java process counts its pauses. It is searched once and then only its
/// numbers are read, since of a machine full of Java processes each is asked every two seconds. Not
/// thread-safe.
final class PauseFile {
  private static final String FREQUENCY = "sun.os.hrt.frequency";
  private static final String COLLECTOR = "sun.gc.collector.";
  private static final String TIME = ".time";
  private static final int MOST_BYTES = 1 << 20;

  /// After so many reads it is searched again: the number of a process comes back one day.
  private static final int SEARCH_EVERY = 30;

  private final File file;
  private boolean littleEndian;
  private long frequency;
  private int[] places = new int[0];
  private int reads;

  PauseFile(File file) {
    this.file = file;
  }

  /// How long the process has paused since it began; NaN when its file does not tell, also once
  /// when its numbers stand elsewhere than before: then it is another process, or counts more.
  double seconds() {
    try {
      // Anybody may put a pipe here, which would be waited for, or a link to what has no end.
      BasicFileAttributes attributes =
          Files.readAttributes(file.toPath(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile() || attributes.size() > MOST_BYTES) {
        places = new int[0];
        return Double.NaN;
      }
      int[] before = places;
      if (places.length == 0 || reads++ >= SEARCH_EVERY) {
        search();
      }
      boolean known = before.length == 0 || Arrays.equals(before, places);
      return places.length == 0 || !known ? Double.NaN : (double) ticks() / frequency;
    } catch (IOException e) {
      // It ended, or is another user's: there is nothing to know.
      places = new int[0];
      return Double.NaN;
    }
  }

  private void search() throws IOException {
    places = new int[0];
    reads = 0;
    byte[] bytes = Files.readAllBytes(file.toPath());
    Map<String, PerfData.Entry> entries = PerfData.longs(bytes, FREQUENCY, COLLECTOR);
    PerfData.Entry known = entries.get(FREQUENCY);
    if (known == null || known.value() <= 0) {
      return;
    }
    frequency = known.value();
    littleEndian = PerfData.isLittleEndian(bytes);
    int[] found = new int[entries.size()];
    int count = 0;
    for (Map.Entry<String, PerfData.Entry> entry : entries.entrySet()) {
      if (isCollectorTime(entry.getKey())) {
        found[count++] = entry.getValue().place();
      }
    }
    places = Arrays.copyOf(found, count);
  }

  private long ticks() throws IOException {
    long ticks = 0;
    try (RandomAccessFile in = new RandomAccessFile(file, "r")) {
      for (int place : places) {
        in.seek(place);
        long number = in.readLong();
        ticks += littleEndian ? Long.reverseBytes(number) : number;
      }
    }
    return ticks;
  }

  /// Whether an entry is `sun.gc.collector.N.time`.
  private static boolean isCollectorTime(String name) {
    return name.startsWith(COLLECTOR)
        && name.endsWith(TIME)
        && JvmCollector.isNumber(name, COLLECTOR.length(), name.length() - TIME.length());
  }
}
