package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.CollapsedStacks;
import io.evenkeel.model.profile.ProfileNote;
import io.evenkeel.model.profile.ProfileNote.Code;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Folds what `perf script -F comm,ip,sym,dso` prints: a line with the thread's name, a line for
/// each frame from the leaf to the root, an empty line.
final class PerfFold {
  /// An address, the symbol, the file or `[kernel.kallsyms]`; a C++ symbol has parentheses too.
  private static final Pattern FRAME =
      Pattern.compile("\\s+([0-9a-f]+) (.*?) \\(([/\\[].*)\\)\\s*");

  private static final Pattern SIGNATURE = Pattern.compile("(?:\\S+ )?([\\w.$<>/+]+)\\(.*\\).*");
  private static final double WORTH_SAYING = 0.3;
  private static final int SHALLOW = 2;
  private static final String UNKNOWN = "[unknown]";

  private final CollapsedStacks stacks;
  private final List<String> frames = new ArrayList<>();
  private long samples;
  private long nameless;
  private long shallow;
  private int ownFrames;
  private boolean leafNameless;
  private boolean inKernelOnly = true;

  PerfFold(CollapsedStacks stacks) {
    this.stacks = stacks;
  }

  void read(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher frame = FRAME.matcher(line);
      if (frame.matches()) {
        add(frame.group(2), frame.group(3));
      } else {
        end();
      }
    }
    end();
  }

  List<ProfileNote> notes() {
    List<ProfileNote> notes = new ArrayList<>();
    if (samples > 0 && nameless > WORTH_SAYING * samples) {
      notes.add(new ProfileNote(Code.STRIPPED, share(nameless)));
    }
    if (samples > 0 && shallow > WORTH_SAYING * samples) {
      notes.add(new ProfileNote(Code.CUT_STACKS, share(shallow)));
    }
    return notes;
  }

  private String share(long part) {
    return Math.round(100.0 * part / samples) + " %";
  }

  private void add(String symbol, String object) {
    boolean kernel = object.startsWith("[") && !object.equals("[vdso]");
    boolean unnamed = symbol.equals(UNKNOWN);
    if (!kernel || object.equals(UNKNOWN)) {
      if (inKernelOnly) {
        leafNameless = unnamed;
      }
      inKernelOnly = false;
      ownFrames++;
    }
    String name = unnamed ? "[" + file(object) + "]" : symbol;
    boolean compiled = object.matches(".*/perf-\\d+\\.map");
    frames.add(
        CollapsedStacks.frame(compiled ? JfrFold.plain(withoutSignature(name)) : name)
            + (object.equals(UNKNOWN) ? "" : kernel ? "_[k]" : compiled ? "_[j]" : ""));
  }

  private static String file(String object) {
    return object.substring(object.lastIndexOf('/') + 1).replaceAll("[\\[\\]]", "");
  }

  /// `void a.B.c(int)` of the virtual machine's map is `a.B.c` elsewhere.
  private static String withoutSignature(String name) {
    Matcher signature = SIGNATURE.matcher(name);
    return signature.matches() ? signature.group(1) : name;
  }

  private void end() {
    if (frames.isEmpty()) {
      return;
    }
    samples++;
    if (!inKernelOnly && leafNameless) {
      nameless++;
    }
    if (ownFrames > 0 && ownFrames <= SHALLOW) {
      shallow++;
    }
    stacks.add(String.join(";", frames.reversed()), 1);
    frames.clear();
    ownFrames = 0;
    leafNameless = false;
    inKernelOnly = true;
  }
}
