package io.evenkeel.agent.tune.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.model.tune.Place.Service;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectivesTest {
  private static final String NGINX =
      """
      # worker_connections 1;
      user www-data; worker_processes auto;
      events {
          worker_connections  768; # multi_accept on;
      }
      http {
          log_format main '$remote_addr "worker_connections 5;" ${status}';
          map $uri $x { default "a;b"; ~^/(?<n>\\{) 1; }
          server { keepalive_requests 100; }
      }
      """;

  private static final String POSTGRESQL =
      """
      #work_mem = 1MB
      work_mem = 4MB  # per sort
      Maintenance_Work_Mem '64MB'
      effective_io_concurrency=1
      search_path = '"$user", public'
      """;

  private static final String REDIS =
      """
      # maxclients 5
      maxclients 10000
      save 3600 1 300 100
      hz "10"
      """;

  private static String value(Service service, String name, String text)
      throws ServiceFileException {
    return Directives.find(service, name, text).value();
  }

  @Test
  void reads_values_as_the_services_do() throws Exception {
    assertThat(value(Service.NGINX, "worker_connections", NGINX)).isEqualTo("768");
    assertThat(value(Service.NGINX, "worker_processes", NGINX)).isEqualTo("auto");
    assertThat(value(Service.NGINX, "keepalive_requests", NGINX)).isEqualTo("100");
    assertThat(value(Service.POSTGRESQL, "work_mem", POSTGRESQL)).isEqualTo("4MB");
    assertThat(value(Service.POSTGRESQL, "maintenance_work_mem", POSTGRESQL)).isEqualTo("64MB");
    assertThat(value(Service.POSTGRESQL, "effective_io_concurrency", POSTGRESQL)).isEqualTo("1");
    assertThat(value(Service.REDIS, "maxclients", REDIS)).isEqualTo("10000");
    assertThat(value(Service.REDIS, "hz", REDIS)).isEqualTo("10");
  }

  @Test
  void another_value_changes_nothing_but_its_own_place() throws Exception {
    Directives.Found found =
        Directives.find(Service.POSTGRESQL, "maintenance_work_mem", POSTGRESQL);
    String changed = found.replacedIn(POSTGRESQL, "128MB");
    assertThat(changed).isEqualTo(POSTGRESQL.replace("'64MB'", "128MB"));
    assertThat(
            Directives.find(Service.POSTGRESQL, "maintenance_work_mem", changed)
                .replacedIn(changed, found.writtenIn(POSTGRESQL)))
        .isEqualTo(POSTGRESQL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "events { worker_connections 1; worker_connections 2; }",
        "events { worker_connections 1 2; }",
        "events { worker_connections; }",
        "events { worker_connections { } }",
        "events { worker_connections 1",
        "worker_connections 'é';",
        "worker_connections \"1",
        "worker_connections 1; content_by_lua_block { worker_connections }",
        "xworker_connections 1; worker_connections_x 1;",
      })
  void a_directive_that_is_not_there_once_with_one_value_is_refused(String text) {
    assertThrows(
        ServiceFileException.class,
        () -> Directives.find(Service.NGINX, "worker_connections", text));
  }

  @Test
  void a_list_of_values_is_refused() {
    assertThrows(ServiceFileException.class, () -> Directives.find(Service.REDIS, "save", REDIS));
    assertThrows(
        ServiceFileException.class,
        () -> Directives.find(Service.POSTGRESQL, "work_mem", "work_mem = '4MB"));
  }

  @ParameterizedTest
  @EnumSource
  void whatever_stands_in_a_file_is_refused_or_comes_back_to_the_byte(Service service) {
    String name = service == Service.REDIS ? "hz" : "work_mem";
    String[] pieces = {
      name, " ", "=", "'", "\"", ";", "{", "}", "#", "\n", "\\", "$", "4MB", "\t", "x", "é", "\r\n"
    };
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(14); i >= 0; i--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      assertComesBack(service, name, text.toString(), seed);
    }
  }

  private static void assertComesBack(Service service, String name, String text, int seed) {
    try {
      Directives.Found found = Directives.find(service, name, text);
      String changed = found.replacedIn(text, "7");
      Directives.Found again = Directives.find(service, name, changed);
      assertThat(again.value()).as("seed %d", seed).isEqualTo("7");
      assertThat(again.replacedIn(changed, found.writtenIn(text)))
          .as("seed %d", seed)
          .isEqualTo(text);
    } catch (ServiceFileException e) {
      assertThat(e.isOthersDoing()).as("seed %d", seed).isTrue();
    }
  }

  @Test
  void a_difference_is_as_diff_writes_it() {
    assertThat(UnifiedDiff.of("/f", "a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nd\nE\nf\ng\n"))
        .isEqualTo(
            """
            --- /f
            +++ /f
            @@ -2,6 +2,6 @@
             b
             c
             d
            -e
            +E
             f
             g
            """);
    assertThat(UnifiedDiff.of("/f", "a", "b"))
        .isEqualTo(
            """
            --- /f
            +++ /f
            @@ -1,1 +1,1 @@
            -a
            \\ No newline at end of file
            +b
            \\ No newline at end of file
            """);
    assertThat(UnifiedDiff.of("/f", "a", "a")).isEmpty();
  }
}
