package io.evenkeel.agent.tune.service;

import io.evenkeel.model.tune.Bounds;
import io.evenkeel.model.tune.Place.Service;
import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.TuningAction;
import io.evenkeel.model.tune.TuningActions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads what a policy file says of services, a line after another: `service` begins one, the lines
/// after it are about it.
///
/// ```
/// service = nginx                        # its name; `service = edge nginx` where it is another than its kind's
/// file = /etc/nginx/nginx.conf
/// within = /etc/nginx                    # the folder that the file must lie in
/// directive = worker_connections 512 16384
/// check = /usr/sbin/nginx -t             # may be missing
/// reload = /usr/sbin/nginx -s reload
/// deadline = 5                           # seconds for each command, 1 to 10
/// ```
public final class PolicySections {
  private static final Duration USUAL_DEADLINE = Duration.ofSeconds(5);

  private final int owner;
  private final List<ServiceFile> services = new ArrayList<>();
  private Draft draft = Draft.NONE;

  /// @param owner the user, beside root, that files and programs may belong to
  public PolicySections(int owner) {
    this.owner = owner;
  }

  private static final class Draft {
    static final Draft NONE = new Draft("", Service.NGINX);

    final String name;
    final Service service;
    final Map<String, Bounds> directives = new LinkedHashMap<>();
    Optional<Path> within = Optional.empty();
    Optional<Path> file = Optional.empty();
    List<String> check = List.of();
    List<String> reload = List.of();
    Duration deadline = USUAL_DEADLINE;

    Draft(String name, Service service) {
      this.name = name;
      this.service = service;
    }
  }

  /// Whether a setting is one of a service's.
  public static boolean knows(String key) {
    return List.of("service", "file", "within", "directive", "check", "reload", "deadline")
        .contains(key);
  }

  /// Takes a line.
  ///
  /// @return what is wrong with it; empty when nothing
  public Optional<String> take(String key, String value) {
    List<String> words = List.of(value.split("\\s+", -1));
    if (key.equals("service")) {
      Optional<String> unfinished = finish();
      return unfinished.isPresent() ? unfinished : begin(words);
    }
    if (draft.name.isEmpty()) {
      return Optional.of(Refusal.LINE_WITHOUT_SERVICE.text(key));
    }
    return switch (key) {
      case "file" -> {
        draft.file = path(value);
        yield draft.file.isEmpty() ? noPath(value) : Optional.empty();
      }
      case "within" -> {
        draft.within = path(value);
        yield draft.within.isEmpty() ? noPath(value) : Optional.empty();
      }
      case "directive" -> directive(words);
      case "check" -> {
        draft.check = words;
        yield path(words.getFirst()).isEmpty() ? noPath(words.getFirst()) : Optional.empty();
      }
      case "reload" -> {
        draft.reload = words;
        yield path(words.getFirst()).isEmpty() ? noPath(words.getFirst()) : Optional.empty();
      }
      default -> deadline(value);
    };
  }

  private Optional<String> begin(List<String> words) {
    String kind = words.getLast().toUpperCase(Locale.ROOT);
    for (Service service : Service.values()) {
      if (service.name().equals(kind) && words.size() <= 2) {
        String name = words.getFirst();
        if (services.stream().anyMatch(one -> one.name().equals(name))) {
          return Optional.of(Refusal.LINE_SERVICE_TWICE.text(name));
        }
        draft = new Draft(name, service);
        return Optional.empty();
      }
    }
    return Optional.of(Refusal.LINE_SERVICE.text());
  }

  private static Optional<Path> path(String text) {
    if (!text.startsWith("/")) {
      return Optional.empty();
    }
    Path path = Path.of(text);
    return path.normalize().toString().equals(text) ? Optional.of(path) : Optional.empty();
  }

  private static Optional<String> noPath(String text) {
    return Optional.of(Refusal.LINE_PATH.text(text));
  }

  private Optional<String> directive(List<String> words) {
    if (words.size() != 3) {
      return Optional.of(Refusal.LINE_DIRECTIVE.text());
    }
    String name = words.getFirst();
    String action = draft.service.name().toLowerCase(Locale.ROOT) + "/" + name;
    Optional<TuningAction> known = TuningActions.named(action);
    if (known.isEmpty()) {
      return Optional.of(Refusal.NO_ACTION.text(action));
    }
    Optional<Bounds> bounds = known.get().bounds().narrowed(words.get(1), words.get(2));
    if (bounds.isEmpty()) {
      return Optional.of(Refusal.LINE_BOUNDS.text(name, known.get().bounds().describe()));
    }
    draft.directives.put(name, bounds.get());
    return Optional.empty();
  }

  private Optional<String> deadline(String text) {
    if (!text.matches("[1-9]|10")) {
      return Optional.of(Refusal.LINE_DEADLINE.text());
    }
    draft.deadline = Duration.ofSeconds(Long.parseLong(text));
    return Optional.empty();
  }

  /// Ends the service that was begun.
  ///
  /// @return what it lacks; empty when nothing
  public Optional<String> finish() {
    Draft done = draft;
    draft = Draft.NONE;
    if (done.name.isEmpty()) {
      return Optional.empty();
    }
    if (done.file.isEmpty() || done.within.isEmpty() || done.reload.isEmpty()) {
      return Optional.of(Refusal.LINE_SERVICE_LACKS.text(done.name));
    }
    services.add(
        new ServiceFile(
            done.name,
            done.service,
            done.within.get(),
            done.file.get(),
            done.directives,
            done.check,
            done.reload,
            done.deadline,
            owner));
    return Optional.empty();
  }

  /// The services that were finished.
  public List<ServiceFile> services() {
    return List.copyOf(services);
  }
}
