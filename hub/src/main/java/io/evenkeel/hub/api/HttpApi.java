package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.security.AccountStore;
import io.evenkeel.hub.security.Caller;
import io.evenkeel.hub.security.SessionStore;
import io.evenkeel.hub.security.TokenStore;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The hub's HTTP front door: one table of routes, each with the role that may take it.
///
/// What is not in the table does not exist, and a route without a caller of its role is refused.
/// Paths outside `/api`, `/metrics` and `/-/` are the pages'. Safe for use by many threads.
public final class HttpApi {
  /// The body of every error under `/api/hub/v1`.
  public record ErrorAnswer(Problem error) {
    public record Problem(String code, String message, @Nullable String field) {}
  }

  /// What is told of every answered request.
  public interface Observer {
    void answered(String method, String route, int status, long nanos);
  }

  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
  private static final Map<String, String> SECURITY_HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none';"
              + " base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin");

  private final List<Route> routes;
  private final Gatekeeper gatekeeper;
  private final UiFiles pages;
  private final Observer observer;

  /// @param routes the whole table
  public HttpApi(
      List<Route> routes,
      AccountStore accounts,
      SessionStore sessions,
      TokenStore tokens,
      UiFiles pages,
      Observer observer) {
    this.routes = withOpenApi(routes);
    this.gatekeeper = new Gatekeeper(accounts, sessions, tokens);
    this.pages = pages;
    this.observer = observer;
  }

  private static List<Route> withOpenApi(List<Route> routes) {
    List<Route> all = new ArrayList<>(routes);
    Route description =
        Route.get(
            "/api/hub/v1/openapi.json",
            Access.VIEWER,
            "Describes this API in OpenAPI 3.1.",
            null,
            exchange -> exchange.answer(OpenApi.describe(all)));
    all.add(description);
    return List.copyOf(all);
  }

  /// The table.
  public List<Route> routes() {
    return routes;
  }

  /// Answers one request.
  public void handle(ServerRequest request, ServerResponse response) {
    long begun = System.nanoTime();
    SECURITY_HEADERS.forEach(response::header);
    String label = "pages";
    try {
      String path = request.path().path();
      Found found = isApi(path) ? find(request.prologue().method().text(), path) : null;
      if (found == null) {
        pages.answer(new Exchange(request, response, new Caller.Anonymous(), Map.of()));
      } else {
        label = found.route.path();
        Caller caller = caller(request, found.route);
        Exchange exchange = new Exchange(request, response, caller, found.variables);
        response.header("Cache-Control", "no-store");
        found.route.handler().handle(exchange);
      }
    } catch (ApiException e) {
      refuse(request, response, e);
    } catch (UncheckedIOException | java.io.IOException e) {
      LOG.debug("{} went away: {}", request.remotePeer().address(), e.getMessage());
    } catch (Exception e) {
      LOG.error("{} {} failed", request.prologue().method(), request.path().path(), e);
      if (!response.isSent()) {
        answerError(
            response, 500, "internal", "Something went wrong in the hub; its log says what.", null);
      }
    } finally {
      observer.answered(
          request.prologue().method().text(),
          label,
          response.status().code(),
          System.nanoTime() - begun);
    }
  }

  private record Found(Route route, Map<String, String> variables) {}

  private static boolean isApi(String path) {
    return path.startsWith("/api/")
        || path.equals("/api")
        || path.equals("/metrics")
        || path.startsWith("/-/");
  }

  private Found find(String method, String path) {
    List<String> segments = Route.segments(path);
    TreeSet<String> allowed = new TreeSet<>();
    for (Route route : routes) {
      Optional<Map<String, String>> variables = route.match(segments);
      if (variables.isEmpty()) {
        continue;
      }
      if (route.method().equals(method)
          || (method.equals("HEAD") && route.method().equals("GET"))) {
        return new Found(route, variables.get());
      }
      allowed.add(route.method());
    }
    if (allowed.isEmpty()) {
      throw ApiException.notFound("There is nothing at " + path + ".");
    }
    throw ApiException.methodNotAllowed(String.join(", ", allowed));
  }

  private Caller caller(ServerRequest request, Route route) {
    Caller caller = gatekeeper.identify(request);
    if (!route.access().allows(caller)) {
      throw switch (caller) {
        case Caller.Anonymous anonymous ->
            ApiException.unauthenticated("Log in first, or send an API token.");
        case Caller.Unclaimed unclaimed ->
            ApiException.forbidden(
                "Set the administrator's password first, by the one-time link that was printed at the start.");
        case Caller.User user ->
            ApiException.forbidden(
                "This needs the role "
                    + route.access().name().toLowerCase(java.util.Locale.ROOT)
                    + ".");
        case Caller.Program program ->
            ApiException.forbidden("This token's role or scope does not reach here.");
      };
    }
    return caller;
  }

  private static void refuse(ServerRequest request, ServerResponse response, ApiException e) {
    if (response.isSent()) {
      LOG.debug("{} was refused too late: {}", request.path().path(), e.getMessage());
      return;
    }
    e.headers().forEach(response::header);
    answerError(response, e.status(), e.code(), String.valueOf(e.getMessage()), e.field());
  }

  private static void answerError(
      ServerResponse response, int status, String code, String message, @Nullable String field) {
    response.status(status);
    response.header("Content-Type", "application/json");
    response.send(Json.write(new ErrorAnswer(new ErrorAnswer.Problem(code, message, field))));
  }

  /// The states that a page asks about first.
  boolean claimed() {
    return gatekeeper.claimed();
  }

  /// Headers that every answer carries, for tests.
  static Map<String, String> securityHeaders() {
    return new LinkedHashMap<>(SECURITY_HEADERS);
  }
}
