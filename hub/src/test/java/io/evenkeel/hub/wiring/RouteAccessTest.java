package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.api.Route;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Every route of the table, taken by every kind of caller: who lacks its access is refused before
/// anything else is looked at, and the OpenAPI document says the same as the table.
class RouteAccessTest {
  private enum Kind {
    NOBODY,
    VIEWER,
    OPERATOR,
    ADMIN,
    VIEWER_TOKEN,
    ADMIN_TOKEN,
    INGEST_TOKEN,
    GATEWAY_TOKEN
  }

  @Test
  void every_route_refuses_who_lacks_its_access(@TempDir Path data) {
    List<String> wrong = new ArrayList<>();
    int refusals = 0;
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      for (Kind kind : Kind.values()) {
        Browser caller = caller(hub, admin, kind);
        int expected = kind == Kind.NOBODY ? 401 : 403;
        for (Route route : hub.hub.routes()) {
          if (mayPass(route.access(), kind)) {
            continue;
          }
          refusals++;
          boolean bodiless = route.method().equals("GET") || route.method().equals("DELETE");
          Answer answer =
              caller.send(
                  route.method(),
                  route.path().replaceAll("\\{[^}]*}", "x"),
                  bodiless ? null : Map.of());
          if (answer.status() != expected) {
            wrong.add(
                kind + " got " + answer.status() + " from " + route.method() + " " + route.path());
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(refusals).isGreaterThan(50);
  }

  private static Browser caller(TestHub hub, Browser admin, Kind kind) {
    return switch (kind) {
      case NOBODY -> hub.visitor();
      case VIEWER -> hub.person(admin, "vera", "viewer");
      case OPERATOR -> hub.person(admin, "otto", "operator");
      case ADMIN -> admin;
      case VIEWER_TOKEN -> hub.visitor().bearer(hub.token(admin, "viewer", "api"));
      case ADMIN_TOKEN -> hub.visitor().bearer(hub.token(admin, "admin", "api"));
      case INGEST_TOKEN -> hub.visitor().bearer(hub.token(admin, "admin", "ingest"));
      case GATEWAY_TOKEN -> hub.visitor().bearer(hub.token(admin, "admin", "gateway"));
    };
  }

  private static boolean mayPass(Access access, Kind kind) {
    return switch (access) {
      case OPEN, PUBLIC -> true;
      case VIEWER -> kind != Kind.NOBODY && kind != Kind.INGEST_TOKEN && kind != Kind.GATEWAY_TOKEN;
      case OPERATOR -> kind == Kind.OPERATOR || kind == Kind.ADMIN || kind == Kind.ADMIN_TOKEN;
      case ADMIN -> kind == Kind.ADMIN || kind == Kind.ADMIN_TOKEN;
      case ACCOUNT -> kind == Kind.VIEWER || kind == Kind.OPERATOR || kind == Kind.ADMIN;
      case INGEST -> kind == Kind.INGEST_TOKEN;
      case GATEWAY -> kind == Kind.GATEWAY_TOKEN;
    };
  }

  @Test
  void only_these_routes_are_open_to_everybody(@TempDir Path data) {
    try (TestHub hub = TestHub.start(data)) {
      assertThat(
              hub.hub.routes().stream()
                  .filter(r -> r.access() == Access.OPEN || r.access() == Access.PUBLIC)
                  .map(r -> r.method() + " " + r.path()))
          .containsExactlyInAnyOrder(
              "GET /-/healthy",
              "GET /-/ready",
              "GET /-/alerting",
              "GET /api/hub/v1/session",
              "POST /api/hub/v1/setup",
              "POST /api/hub/v1/login",
              "POST /api/hub/v1/logout");
    }
  }

  @Test
  void the_open_api_document_and_the_table_name_the_same_operations(@TempDir Path data) {
    try (TestHub hub = TestHub.start(data)) {
      JsonNode document = hub.setUp().get("/api/hub/v1/openapi.json").json();
      Set<String> described = new HashSet<>();
      document
          .get("paths")
          .forEachEntry((path, operations) ->
              operations.forEachEntry((method, operation) -> {
                described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path);
                assertThat(operation.get("summary").asString()).as(path).isNotBlank().endsWith(".");
              }));
      assertThat(described)
          .containsExactlyInAnyOrderElementsOf(
              hub.hub.routes().stream().map(r -> r.method() + " " + r.path()).toList());
      for (String reference : document.findValuesAsString("$ref")) {
        assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
      }
    }
  }

  @Test
  void what_is_not_in_the_table_does_not_exist(@TempDir Path data) {
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      assertThat(admin.get("/api/hub/v1/nothing").status()).isEqualTo(404);
      assertThat(admin.get("/api/hub/v1/users/").status()).isEqualTo(404);
      assertThat(admin.get("/api/hub/v1//users").status()).isEqualTo(404);
      assertThat(admin.get("/api/hub/v1/users%2fadmin").status()).isEqualTo(404);
      Answer wrong = admin.put("/api/hub/v1/users", Map.of());
      assertThat(wrong.status()).isEqualTo(405);
      assertThat(wrong.header("Allow")).isEqualTo("GET, POST");
    }
  }
}
