import io.evenkeel.hub.diagnose.Diagnosis;
import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.evidence.Recording;
import io.evenkeel.hub.diagnose.evidence.Track;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Judges recorded cases again and counts how often the injected cause came first and among the first three.
///
/// Of a case of two causes, one must be first (both among the first three count as such); of a healthy case nothing may be
/// found. Time to verdict is the shortest beginning of the recording, in whole seconds from 3, from which on the verdict is
/// right. argv: folders of recordings; known=CAUSE,CAUSE… leaves out causes that were true of the machine in every case,
/// whatever was injected, unless they were what was injected.
class Score {
  private static final Map<String, int[]> BY_CLASS = new TreeMap<>();
  private static final List<Long> SECONDS = new ArrayList<>();
  private static int top1, top3, cases, healthy, falseVerdicts, pairs, pairFirst, pairBoth;

  private static Set<String> known = Set.of();

  public static void main(String[] args) throws IOException {
    for (String folder : args) {
      if (folder.startsWith("known=")) {
        known = Set.of(folder.substring(6).split(","));
        continue;
      }
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".rw")).sorted().toList()) {
          judge(file);
        }
      }
    }
    System.out.printf("%n%-20s %6s %6s %6s%n", "class", "cases", "top-1", "top-3");
    BY_CLASS.forEach((name, n) -> System.out.printf("%-20s %6d %6d %6d%n", name, n[0], n[1], n[2]));
    System.out.printf(Locale.ROOT, "one cause: top-1 %d of %d (%.2f), top-3 %d (%.2f)%n", top1, cases, share(top1, cases), top3, share(top3, cases));
    System.out.printf(Locale.ROOT, "two causes: one of them first %d of %d, both among the first three %d%n", pairFirst, pairs, pairBoth);
    System.out.printf(Locale.ROOT, "healthy: false verdicts %d of %d (%.2f)%n", falseVerdicts, healthy, share(falseVerdicts, healthy));
    SECONDS.sort(null);
    if (!SECONDS.isEmpty()) {
      System.out.printf("time to the right verdict: median %d s, 90th percentile %d s, of %d right ones%n",
          SECONDS.get(SECONDS.size() / 2), SECONDS.get(SECONDS.size() * 9 / 10), SECONDS.size());
    }
  }

  private static List<Finding> found(EvidenceWindow window, String what) {
    return Diagnosis.of(window).findings().stream()
        .filter(one -> !known.contains(one.cause().name()) || what.contains(one.cause().name().toLowerCase(Locale.ROOT)))
        .toList();
  }

  private static double share(int part, int whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }

  private static void judge(Path file) throws IOException {
    String name = file.getFileName().toString().replace(".rw", "");
    String what = name.substring(0, name.indexOf('-'));
    EvidenceWindow window = Recording.read(Files.readAllBytes(file));
    List<Finding> found = found(window, what);
    List<Cause> causes = found.stream().map(Finding::cause).toList();
    String says = String.join(", ", found.stream().map(f -> f.cause() + " " + f.confidence() + (f.culprit() == null ? "" : " " + f.culprit().name())).toList());
    if (what.equals("healthy")) {
      healthy++;
      falseVerdicts += causes.isEmpty() ? 0 : 1;
      System.out.println((causes.isEmpty() ? "ok    " : "FALSE ") + name + ": " + says);
      return;
    }
    List<Cause> wanted = Arrays.stream(what.split("\\+")).map(w -> Cause.valueOf(w.toUpperCase(Locale.ROOT))).toList();
    List<Cause> three = causes.subList(0, Math.min(3, causes.size()));
    boolean first = !causes.isEmpty() && wanted.contains(causes.getFirst());
    boolean all = three.containsAll(wanted);
    if (wanted.size() > 1) {
      pairs++;
      pairFirst += first ? 1 : 0;
      pairBoth += all ? 1 : 0;
    } else {
      cases++;
      top1 += first ? 1 : 0;
      top3 += all ? 1 : 0;
      int[] n = BY_CLASS.computeIfAbsent(what, w -> new int[3]);
      n[0]++;
      n[1] += first ? 1 : 0;
      n[2] += all ? 1 : 0;
    }
    System.out.println((first ? "first " : all ? "third " : "MISS  ") + name + ": " + says);
    if (first) {
      SECONDS.add(secondsUntilRight(window, what, wanted));
    }
  }

  private static long secondsUntilRight(EvidenceWindow whole, String what, List<Cause> wanted) {
    long most = (whole.toMillis() - whole.fromMillis() + 999) / 1000;
    for (long seconds = most - 1; seconds >= 3; seconds--) {
      EvidenceWindow part = new EvidenceWindow();
      for (Track track : whole.all()) {
        for (int i = 0; i < track.size(); i++) {
          if (track.time(i) <= whole.fromMillis() + seconds * 1000) {
            part.add(track.labels(), track.time(i), track.value(i));
          }
        }
      }
      List<Finding> found = found(part, what);
      if (found.isEmpty() || !wanted.contains(found.getFirst().cause())) {
        return seconds + 1;
      }
    }
    return Math.min(3, most);
  }
}
