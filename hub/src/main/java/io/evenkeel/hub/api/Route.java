package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One entry of the route table.
///
/// @param method the HTTP method
/// @param path the path, with variables in braces: `/api/hub/v1/hosts/{id}`
/// @param access who may take it
/// @param summary what it does, one sentence, for the OpenAPI document
/// @param request the record that its body is, or null
/// @param response the record that it answers with, or null
/// @param handler what answers
public record Route(
    String method,
    String path,
    Access access,
    String summary,
    @Nullable Class<?> request,
    @Nullable Class<?> response,
    Handler handler) {

  public static Route get(
      String path, Access access, String summary, @Nullable Class<?> response, Handler handler) {
    return new Route("GET", path, access, summary, null, response, handler);
  }

  public static Route post(
      String path,
      Access access,
      String summary,
      @Nullable Class<?> request,
      @Nullable Class<?> response,
      Handler handler) {
    return new Route("POST", path, access, summary, request, response, handler);
  }

  public static Route put(
      String path,
      Access access,
      String summary,
      @Nullable Class<?> request,
      @Nullable Class<?> response,
      Handler handler) {
    return new Route("PUT", path, access, summary, request, response, handler);
  }

  public static Route delete(String path, Access access, String summary, Handler handler) {
    return new Route("DELETE", path, access, summary, null, null, handler);
  }

  /// The values of the path's variables when a request's path fits, else nothing.
  Optional<Map<String, String>> match(List<String> segments) {
    List<String> pattern = segments(path);
    if (pattern.size() != segments.size()) {
      return Optional.empty();
    }
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < pattern.size(); i++) {
      String expected = pattern.get(i);
      if (expected.startsWith("{")) {
        variables.put(expected.substring(1, expected.length() - 1), segments.get(i));
      } else if (!expected.equals(segments.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(variables);
  }

  /// A path's parts between the slashes.
  static List<String> segments(String path) {
    List<String> parts = new ArrayList<>();
    int from = 1;
    for (int slash = path.indexOf('/', from); slash >= 0; slash = path.indexOf('/', from)) {
      parts.add(path.substring(from, slash));
      from = slash + 1;
    }
    parts.add(path.substring(from));
    return parts;
  }
}
