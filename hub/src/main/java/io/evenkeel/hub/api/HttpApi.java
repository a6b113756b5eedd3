package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.security.Caller;
import io.evenkeel.hub.security.Doorkeeper;
import io.evenkeel.hub.security.PasswordHasher;
import io.evenkeel.hub.work.BusyException;
import io.evenkeel.model.Text;
import io.helidon.http.BadRequestException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The hub's HTTP front door: one table of routes, each with the access that it takes.
///
/// What is not in the table does not exist, and who lacks a route's access is refused. Paths
/// outside `/api`, `/metrics` and `/-/` are the pages'. Safe for use by many threads.
public final class HttpApi {
  /// The body of every error under `/api/hub/v1`.
  public record ErrorAnswer(Problem error) {
    public record Problem(
        String code, String message, @Nullable String field, @Nullable Integer position) {}
  }

  /// The body of every error under `/api/v1`, in Prometheus's form.
  public record PrometheusError(String status, String errorType, String error) {}

  /// What is told of every answered request.
  public interface Observer {
    /// @param route the route's path in the table, or `pages`, or `none`
    void answered(String method, String route, int status, long nanos);
  }

  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action"
          + " 'self'";
  private static final Map<String, String> SECURITY_HEADERS =
      Map.of(
          "Content-Security-Policy", CONTENT_SECURITY_POLICY,
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY",
          "Referrer-Policy", "same-origin",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Permissions-Policy", "camera=(), geolocation=(), microphone=()");
  private static final String STRICT_TRANSPORT = "max-age=31536000";

  private static final String PAGES = "pages";
  private static final String NONE = "none";

  private final RouteTable table;
  private final Gatekeeper gatekeeper;
  private final UiFiles pages;
  private final Observer observer;
  private final Route pagesRoute;

  /// @param routes the whole table
  /// @param publicUrl the address of the pages when it is not the one the hub sees
  public HttpApi(
      List<Route> routes,
      Doorkeeper doorkeeper,
      Optional<String> publicUrl,
      UiFiles pages,
      Observer observer) {
    this.table = new RouteTable(withOpenApi(routes));
    this.gatekeeper = new Gatekeeper(doorkeeper, publicUrl);
    this.pages = pages;
    this.observer = observer;
    this.pagesRoute =
        Route.get("/", Access.PUBLIC, "The pages and their files.", null, exchange -> {});
  }

  private static List<Route> withOpenApi(List<Route> routes) {
    List<Route> all = new ArrayList<>(routes);
    all.add(
        Route.get(
            "/api/hub/v1/openapi.json",
            Access.VIEWER,
            "Describes this API in OpenAPI 3.1.",
            Map.class,
            exchange -> exchange.answer(OpenApi.describe(all))));
    return List.copyOf(all);
  }

  /// The table.
  public List<Route> routes() {
    return table.routes();
  }

  /// Answers one request.
  public void handle(ServerRequest request, ServerResponse response) {
    long begun = System.nanoTime();
    String method = request.prologue().method().text();
    String path = request.path().rawPathNoParams();
    SECURITY_HEADERS.forEach(response::header);
    if (request.isSecure()) {
      response.header("Strict-Transport-Security", STRICT_TRANSPORT);
    }
    String label = NONE;
    try {
      if (isApi(path)) {
        switch (table.find(method, segments(path))) {
          case RouteTable.Match.Found(Route route, Map<String, String> variables) -> {
            label = route.path();
            Caller caller = gatekeeper.admit(request, route);
            response.header("Cache-Control", "no-store");
            route
                .handler()
                .handle(new Exchange(request, response, caller, gatekeeper, route, variables));
          }
          case RouteTable.Match.WrongMethod wrong ->
              throw ApiException.methodNotAllowed(String.join(", ", wrong.allowed()));
          case RouteTable.Match.Unknown unknown ->
              throw ApiException.notFound(
                  Text.of("There is nothing at " + path + ".", path + " 处没有内容。"));
        }
      } else {
        label = PAGES;
        gatekeeper.admit(request, pagesRoute);
        pages.answer(request, response);
      }
    } catch (ApiException e) {
      refuse(request, path, response, e);
    } catch (PasswordHasher.BusyException e) {
      refuse(request, path, response, ApiException.unavailable(e.text(), 2));
    } catch (BusyException e) {
      refuse(request, path, response, ApiException.unavailable(e.text(), 2));
    } catch (UncheckedIOException | IOException e) {
      LOG.debug("{} went away: {}", request.remotePeer().address(), e.getMessage());
    } catch (BadRequestException e) {
      refuse(
          request,
          path,
          response,
          ApiException.badRequest(Text.of("The request is not valid HTTP.", "请求不是有效的 HTTP。")));
    } catch (Exception e) {
      LOG.error("{} {} failed", method, path, e);
      refuse(request, path, response, ApiException.internal());
    } finally {
      observer.answered(method, label, response.status().code(), System.nanoTime() - begun);
    }
  }

  private static boolean isApi(String path) {
    return path.startsWith("/api/")
        || path.equals("/api")
        || path.equals("/metrics")
        || path.startsWith("/-/");
  }

  /// Splits first and decodes then: an encoded slash stays inside its segment.
  private static List<String> segments(String rawPath) {
    try {
      return RouteTable.segments(rawPath).stream()
          .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
          .toList();
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(
          Text.of("The address has a broken percent escape.", "地址中的百分号转义有误。"));
    }
  }

  private static void refuse(
      ServerRequest request, String path, ServerResponse response, ApiException e) {
    if (response.isSent()) {
      LOG.debug("{} was refused too late: {}", path, e.getMessage());
      return;
    }
    String language =
        AcceptLanguage.preferred(
            request.headers().contains(HeaderNames.ACCEPT_LANGUAGE)
                ? request.headers().get(HeaderNames.ACCEPT_LANGUAGE).get()
                : "");
    String message = e.text().in(language);
    e.headers().forEach(response::header);
    response.header(HeaderNames.CONTENT_LANGUAGE, language);
    response.header(HeaderNames.VARY, "Accept-Language");
    response.status(e.status());
    response.header("Content-Type", "application/json");
    response.header("Cache-Control", "no-store");
    response.send(
        Json.write(
            path.startsWith("/api/v1/")
                ? new PrometheusError("error", prometheusType(e.status()), message)
                : new ErrorAnswer(
                    new ErrorAnswer.Problem(e.code(), message, e.field(), e.position()))));
  }

  /// The `errorType` of Prometheus's API for a status.
  private static String prometheusType(int status) {
    return switch (status) {
      case 400, 405, 413, 415 -> "bad_data";
      case 401 -> "unauthorized";
      case 403 -> "forbidden";
      case 404 -> "not_found";
      case 422 -> "execution";
      case 429, 503 -> "unavailable";
      default -> "internal";
    };
  }
}
