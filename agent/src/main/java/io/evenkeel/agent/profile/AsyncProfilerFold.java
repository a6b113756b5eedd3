package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.CollapsedStacks;
import io.evenkeel.model.profile.ProfileFormatException;
import io.evenkeel.model.profile.ProfileNote;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Folds async-profiler's collapsed output (options `ann,dot`): one frame for a method however it
/// was compiled, since the ways change from minute to minute.
final class AsyncProfilerFold {
  private AsyncProfilerFold() {}

  static List<ProfileNote> read(Path file, CollapsedStacks into)
      throws IOException, ProfileFormatException {
    try (InputStream in = Files.newInputStream(file)) {
      CollapsedStacks.read(in)
          .counts()
          .forEach((stack, count) ->
              into.add(JfrFold.plain(stack.replaceAll("_\\[[01i]]", "_[j]")), count));
    }
    return List.of();
  }
}
