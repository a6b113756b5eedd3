package io.evenkeel.tsdb.engine.head;

import java.util.HashMap;
import java.util.Map;

/// Which of the head's chunks are in blocks already: per window of time, those in files before one.
/// Chunks of the same window in that file or later ones came after the block was sealed. Immutable.
///
/// @param millis how long a window is; windows begin at multiples of it
/// @param beforeFile the first file that is not sealed, by the window's begin
public record SealedWindows(long millis, Map<Long, Integer> beforeFile) {
  public SealedWindows {
    beforeFile = Map.copyOf(beforeFile);
  }

  /// The begin of the window that a time lies in.
  public long windowOf(long time) {
    return Math.floorDiv(time, millis) * millis;
  }

  boolean hides(long time, int file) {
    return !beforeFile.isEmpty() && hidesWindow(windowOf(time), file);
  }

  boolean hidesWindow(long window, int file) {
    return beforeFile.getOrDefault(window, 0) > file;
  }

  /// With some windows sealed before a file.
  public SealedWindows with(Iterable<Long> windows, int file) {
    Map<Long, Integer> more = new HashMap<>(beforeFile);
    windows.forEach(window -> more.merge(window, file, Math::max));
    return new SealedWindows(millis, more);
  }

  /// Without the windows that no chunk before some file is left of.
  public SealedWindows without(int oldestFile) {
    Map<Long, Integer> fewer = new HashMap<>(beforeFile);
    fewer.values().removeIf(file -> file <= oldestFile);
    return new SealedWindows(millis, fewer);
  }
}
