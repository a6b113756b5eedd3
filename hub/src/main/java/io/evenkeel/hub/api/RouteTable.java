package io.evenkeel.hub.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// All routes, found by method and path. Immutable.
///
/// A path is compared segment by segment after the split, so an encoded slash never makes a new
/// segment, and a literal segment goes before a variable one.
final class RouteTable {
  /// What a request's method and path lead to.
  sealed interface Match {
    /// A route, with the values of its path's variables.
    record Found(Route route, Map<String, String> variables) implements Match {}

    /// The path is there, the method is not.
    record WrongMethod(Set<String> allowed) implements Match {}

    /// Nothing.
    record Unknown() implements Match {}
  }

  private record Entry(Route route, List<String> segments) {}

  private final List<Route> routes;
  private final Map<Integer, List<Entry>> bySegmentCount = new HashMap<>();

  /// @throws IllegalArgumentException when two routes have the same method and path
  RouteTable(List<Route> routes) {
    this.routes = List.copyOf(routes);
    Set<String> taken = new HashSet<>();
    for (Route route : routes) {
      if (!taken.add(route.method() + ' ' + route.path().replaceAll("\\{[^}]*}", "{}"))) {
        throw new IllegalArgumentException(
            "two routes answer " + route.method() + " " + route.path());
      }
      List<String> segments = segments(route.path());
      bySegmentCount
          .computeIfAbsent(segments.size(), size -> new ArrayList<>())
          .add(new Entry(route, segments));
    }
    bySegmentCount
        .values()
        .forEach(entries ->
            entries.sort((a, b) ->
                Integer.compare(
                    a.route.path().replaceAll("[^{]", "").length(),
                    b.route.path().replaceAll("[^{]", "").length())));
  }

  List<Route> routes() {
    return routes;
  }

  /// Finds the route of a request; HEAD goes where GET goes.
  ///
  /// @param segments the path, split at its slashes and then decoded
  Match find(String method, List<String> segments) {
    String wanted = method.equals("HEAD") ? "GET" : method;
    Set<String> allowed = new TreeSet<>();
    for (Entry entry : bySegmentCount.getOrDefault(segments.size(), List.of())) {
      if (!fits(entry.segments, segments)) {
        continue;
      }
      if (entry.route.method().equals(wanted)) {
        return new Match.Found(entry.route, variables(entry.segments, segments));
      }
      allowed.add(entry.route.method());
    }
    return allowed.isEmpty() ? new Match.Unknown() : new Match.WrongMethod(allowed);
  }

  private static boolean fits(List<String> pattern, List<String> segments) {
    for (int i = 0; i < pattern.size(); i++) {
      boolean variable = pattern.get(i).startsWith("{");
      if (variable ? segments.get(i).isEmpty() : !pattern.get(i).equals(segments.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, String> variables(List<String> pattern, List<String> segments) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (int i = 0; i < pattern.size(); i++) {
      String name = pattern.get(i);
      if (name.startsWith("{")) {
        variables.put(name.substring(1, name.length() - 1), segments.get(i));
      }
    }
    return variables;
  }

  /// A path's parts between the slashes.
  static List<String> segments(String path) {
    List<String> parts = new ArrayList<>();
    int from = 1;
    for (int slash = path.indexOf('/', from); slash >= 0; slash = path.indexOf('/', from)) {
      parts.add(path.substring(from, slash));
      from = slash + 1;
    }
    parts.add(path.substring(Math.min(from, path.length())));
    return parts;
  }
}
