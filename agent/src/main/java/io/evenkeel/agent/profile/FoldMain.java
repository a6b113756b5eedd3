package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.CollapsedStacks;
import io.evenkeel.model.profile.ProfileFormatException;
import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.ProfileNote.Code;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The process that folds a recording: prints notes, one a line, and writes packed stacks.
public final class FoldMain {
  private FoldMain() {}

  /// @param args what the recording is, its file, the file for the stacks
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[1]);
    CollapsedStacks stacks = new CollapsedStacks();
    List<ProfileNote> notes = new ArrayList<>();
    try {
      switch (args[0]) {
        case "perf" -> {
          PerfFold perf = new PerfFold(stacks);
          perf.read(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
          notes.addAll(perf.notes());
        }
        case "async-profiler" -> notes.addAll(AsyncProfilerFold.read(file, stacks));
        default -> {
          JfrFold jfr = new JfrFold(JfrFold.Source.of(args[0]), stacks);
          jfr.read(file);
          notes.addAll(jfr.notes());
        }
      }
    } catch (IOException | ProfileFormatException | IllegalArgumentException e) {
      System.err.println("the recording cannot be read: " + e.getMessage());
      System.exit(1);
    }
    if (stacks.total() == 0) {
      notes.add(new ProfileNote(Code.NOTHING_SEEN));
    }
    int merged = stacks.mergeRare();
    if (merged > 0) {
      notes.add(new ProfileNote(Code.MERGED, Integer.toString(merged)));
    }
    Files.write(Path.of(args[2]), stacks.packed());
    notes.forEach(note -> System.out.println(note.text()));
  }
}
