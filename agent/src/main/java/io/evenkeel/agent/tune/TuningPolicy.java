package io.evenkeel.agent.tune;

import io.evenkeel.agent.tune.service.PolicySections;
import io.evenkeel.agent.tune.service.ServiceFile;
import io.evenkeel.model.tune.Bounds;
import io.evenkeel.model.tune.Place;
import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.Risk;
import io.evenkeel.model.tune.TuningAction;
import io.evenkeel.model.tune.TuningMode;
import io.evenkeel.model.tune.TuningRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What this server lets a hub do to it. Its administrator writes it and nobody else can widen it.
///
/// The file has one line for each thing:
///
/// ```
/// mode = approve            # observe (nothing), approve (what a person approved), auto (low risk without asking)
/// allow = net.core.*        # which knobs; * at the end stands for any rest
/// allow = CPUQuota nginx.service
/// ```
///
/// After these it may name services whose configuration files may be changed, each with its
/// directives and their bounds ([PolicySections]); to name a directive there is to allow it.
///
/// @param mode how much
/// @param allowed which knobs, none when empty
/// @param services whose configuration files may be changed
/// @param reason why it is stricter than what the file says; empty when it is not
public record TuningPolicy(
    TuningMode mode, List<Allowed> allowed, List<ServiceFile> services, String reason) {
  /// Where a server keeps it.
  public static final Path FILE = Path.of("/etc/evenkeel/tuning-policy");

  /// The user it belongs to there.
  public static final int ROOT = 0;

  private static final int MOST_BYTES = 64 << 10;

  /// A knob that may be turned.
  ///
  /// @param action an action's name, or its beginning and `*`
  /// @param target the same for what has the knob; `*` for any
  public record Allowed(String action, String target) {
    boolean covers(TuningRequest request) {
      return matches(action, request.action()) && matches(target, request.target());
    }

    private static boolean matches(String pattern, String text) {
      return pattern.endsWith("*")
          ? text.startsWith(pattern.substring(0, pattern.length() - 1))
          : text.equals(pattern);
    }
  }

  public TuningPolicy {
    allowed = List.copyOf(allowed);
    services = List.copyOf(services);
  }

  /// Reads the file. Where there is none, or it could have been written by somebody else than the
  /// owner, or it has a line that says nothing, the answer is [TuningMode#OBSERVE] with the reason.
  ///
  /// @param owner the user it must belong to: 0
  public static TuningPolicy read(Path file, int owner) {
    try {
      Map<String, Object> held = Files.readAttributes(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      PosixFileAttributes attributes =
          Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile()) {
        return observe(Refusal.POLICY_IS_NO_FILE.text(file.toString()));
      }
      if (!Integer.valueOf(owner).equals(held.get("uid"))) {
        return observe(
            Refusal.POLICY_OWNER.text(file.toString(), owner == 0 ? "root" : "user " + owner));
      }
      if (attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)
          || attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)) {
        return observe(Refusal.POLICY_WRITABLE.text(file.toString(), file.toString()));
      }
      if (attributes.size() > MOST_BYTES) {
        return observe(Refusal.POLICY_TOO_LONG.text(file.toString()));
      }
      return parse(file.toString(), Files.readString(file), owner);
    } catch (NoSuchFileException e) {
      return observe(Refusal.POLICY_MISSING.text(file.toString()));
    } catch (IOException | UnsupportedOperationException e) {
      return observe(
          Refusal.UNREADABLE.text(file.toString(), "read", String.valueOf(e.getMessage())));
    }
  }

  static TuningPolicy parse(String name, String text, int owner) {
    TuningMode mode = TuningMode.OBSERVE;
    List<Allowed> allowed = new ArrayList<>();
    PolicySections sections = new PolicySections(owner);
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).replaceFirst("#.*", "").strip();
      if (line.isEmpty()) {
        continue;
      }
      int number = i + 1;
      String[] sides = line.split("\\s*=\\s*", 2);
      if (sides.length != 2) {
        return observe(name, number, Refusal.LINE_UNKNOWN.text());
      }
      switch (sides[0]) {
        case "mode" -> {
          Optional<TuningMode> known = mode(sides[1]);
          if (known.isEmpty()) {
            return observe(name, number, Refusal.LINE_MODE.text(sides[1]));
          }
          mode = known.get();
        }
        case "allow" -> {
          String[] words = sides[1].split("\\s+", -1);
          if (words.length > 2 || words[0].isEmpty()) {
            return observe(name, number, Refusal.LINE_ALLOW.text());
          }
          allowed.add(new Allowed(words[0], words.length == 2 ? words[1] : "*"));
        }
        default -> {
          Optional<String> problem =
              PolicySections.knows(sides[0])
                  ? sections.take(sides[0], sides[1])
                  : Optional.of(Refusal.LINE_SETTING.text(sides[0]));
          if (problem.isPresent()) {
            return observe(name, number, problem.get());
          }
        }
      }
    }
    Optional<String> unfinished = sections.finish();
    return unfinished.isPresent()
        ? observe(name, lines.size(), unfinished.get())
        : new TuningPolicy(mode, allowed, sections.services(), "");
  }

  private static Optional<TuningMode> mode(String word) {
    for (TuningMode mode : TuningMode.values()) {
      if (mode.name().toLowerCase(Locale.ROOT).equals(word)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }

  private static TuningPolicy observe(String name, int line, String problem) {
    return observe(Refusal.POLICY_LINE.text(name, Integer.toString(line), problem));
  }

  private static TuningPolicy observe(String reason) {
    return new TuningPolicy(TuningMode.OBSERVE, List.of(), List.of(), reason);
  }

  /// Why a request is not allowed here; empty when it is.
  ///
  /// @param approved whether a person approved it
  public Optional<String> objection(TuningAction action, TuningRequest request, boolean approved) {
    if (mode == TuningMode.OBSERVE) {
      return Optional.of(
          reason.isEmpty()
              ? Refusal.POLICY_OBSERVES.text()
              : Refusal.POLICY_OBSERVES_AS.text(reason));
    }
    Optional<String> forbidden =
        action.place() instanceof Place.Directive directive
            ? objection(directive, request)
            : allowed.stream().anyMatch(each -> each.covers(request))
                ? Optional.empty()
                : Optional.of(Refusal.POLICY_FORBIDS.text(request.knob()));
    if (forbidden.isPresent()) {
      return forbidden;
    }
    if (!approved && (mode == TuningMode.APPROVE || action.risk() != Risk.LOW)) {
      return Optional.of(Refusal.POLICY_WANTS_APPROVAL.text(request.knob()));
    }
    return Optional.empty();
  }

  private Optional<String> objection(Place.Directive directive, TuningRequest request) {
    for (ServiceFile service : services) {
      if (service.name().equals(request.target()) && service.service() == directive.service()) {
        Bounds bounds = service.directives().get(directive.name());
        return bounds == null
            ? Optional.of(Refusal.POLICY_FORBIDS.text(request.knob()))
            : bounds
                .objection(request.value())
                .map(reason -> "this server's policy for " + request.knob() + ": " + reason);
      }
    }
    return Optional.of(Refusal.POLICY_NAMES_NO.text(request.target()));
  }
}
