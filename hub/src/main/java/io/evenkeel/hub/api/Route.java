package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import org.jspecify.annotations.Nullable;

/// One entry of the route table.
///
/// @param method the HTTP method
/// @param path the path, with variables in braces: `/api/hub/v1/hosts/{id}`
/// @param access who may take it
/// @param summary what it does, one sentence, for the OpenAPI document
/// @param request the record that its body is, or null
/// @param response the record that it answers with, or null
/// @param readsOnly whether it changes nothing although its method is not GET, so that no CSRF text
///   is needed
/// @param handler what answers
public record Route(
    String method,
    String path,
    Access access,
    String summary,
    @Nullable Class<?> request,
    @Nullable Class<?> response,
    boolean readsOnly,
    Handler handler) {

  public static Route get(
      String path, Access access, String summary, @Nullable Class<?> response, Handler handler) {
    return new Route("GET", path, access, summary, null, response, true, handler);
  }

  public static Route post(
      String path,
      Access access,
      String summary,
      @Nullable Class<?> request,
      @Nullable Class<?> response,
      Handler handler) {
    return new Route("POST", path, access, summary, request, response, false, handler);
  }

  public static Route put(
      String path,
      Access access,
      String summary,
      @Nullable Class<?> request,
      @Nullable Class<?> response,
      Handler handler) {
    return new Route("PUT", path, access, summary, request, response, false, handler);
  }

  public static Route delete(String path, Access access, String summary, Handler handler) {
    return new Route("DELETE", path, access, summary, null, null, false, handler);
  }

  /// The same route, known to change nothing whatever its method.
  public Route thatOnlyReads() {
    return new Route(method, path, access, summary, request, response, true, handler);
  }
}
