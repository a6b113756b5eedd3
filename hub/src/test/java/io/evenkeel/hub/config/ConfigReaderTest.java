package io.evenkeel.hub.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
  @TempDir Path folder;

  @Test
  void nothing_written_means_loopback_and_fifteen_days() throws ConfigException {
    EvenkeelConfig config = ConfigReader.read(null, Map.of());
    assertThat(config.listen().port()).isEqualTo(9595);
    assertThat(config.listen().isLoopback()).isTrue();
    assertThat(config.data()).isEqualTo(Path.of("data"));
    assertThat(config.retention().keep()).isEqualTo(Duration.ofDays(15));
    assertThat(config.retention().minutes()).isEqualTo(Duration.ofDays(90));
    assertThat(config.retention().hours()).isEqualTo(Duration.ofDays(730));
    assertThat(config.retention().sizeBytes()).isZero();
    assertThat(config.collection().period()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.limits().ingestCompressedBytes()).isEqualTo(1 << 20);
    assertThat(config.limits().ingestDecodedBytes()).isEqualTo(8 << 20);
    assertThat(config.limits().queryTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.limits().queryCacheBytes()).isEmpty();
  }

  @Test
  void the_query_cache_can_be_sized_and_switched_off() throws ConfigException {
    assertThat(ConfigReader.read(null, Map.of("limits.queryCache", "8MiB")).limits())
        .returns(Optional.of(8L << 20), EvenkeelConfig.Limits::queryCacheBytes);
    assertThat(ConfigReader.read(null, Map.of("limits.queryCache", "0")).limits())
        .returns(Optional.of(0L), EvenkeelConfig.Limits::queryCacheBytes);
  }

  @Test
  void a_whole_file_is_read() throws ConfigException, IOException {
    Path pem = Files.writeString(folder.resolve("hub.pem"), "x");
    EvenkeelConfig config =
        read(
            """
            # a hub for the office
            listen: 0.0.0.0:443
            publicUrl: https://monitor.example.org/
            data: /srv/evenkeel
            tls: {certificate: %1$s, key: %1$s}
            retention:
              keep: 90d
              hours: 1000d
              size: 20GB
            collection:
              period: 5s
              instance: office-1
            limits:
              series: 500000
            """
                .formatted(pem));
    assertThat(config.listen().port()).isEqualTo(443);
    assertThat(config.publicUrl()).contains("https://monitor.example.org");
    assertThat(config.tls()).contains(new EvenkeelConfig.Tls(pem, pem));
    assertThat(config.retention().keep()).isEqualTo(Duration.ofDays(90));
    assertThat(config.retention().minutes()).isEqualTo(Duration.ofDays(90));
    assertThat(config.retention().hours()).isEqualTo(Duration.ofDays(1000));
    assertThat(config.retention().sizeBytes()).isEqualTo(20_000_000_000L);
    assertThat(config.collection().instance()).contains("office-1");
    assertThat(config.limits().series()).isEqualTo(500_000);
  }

  @Test
  void networks_stand_in_a_list_or_in_one_text_with_commas() throws ConfigException, IOException {
    String networks = "outgoing:\n  privateNetworks: ";
    assertThat(read(networks + "[10.0.0.0/8, 192.168.1.20]\n").outgoing())
        .isEqualTo(read(networks + "10.0.0.0/8, 192.168.1.20\n").outgoing());
    assertThat(read(networks + "\n  - 10.0.0.0/8\n").outgoing().privateNetworks()).hasSize(1);
    assertThat(problems(networks + "[10.0.0.0/8, {a: b}]\n"))
        .containsExactly("FILE:2: 'outgoing.privateNetworks' takes a list of plain texts");
    assertThat(problems(networks + "[10.0.0.0/40]\n"))
        .singleElement()
        .asString()
        .contains("FILE:2: 'outgoing.privateNetworks' is '10.0.0.0/40'");
  }

  @Test
  void rollups_may_not_leave_before_what_they_are_made_of() throws IOException {
    assertThat(problems("retention:\n  keep: 30d\n  minutes: 20d\n"))
        .containsExactly(
            "FILE:3: 'retention.minutes' is '20d', which is not a duration of at least"
                + " 'retention.keep', such as 90d");
  }

  @Test
  void the_command_line_goes_before_the_file() throws ConfigException, IOException {
    Path file = write("listen: 127.0.0.1:1111\ndata: /srv/a\n");
    EvenkeelConfig config = ConfigReader.read(file, Map.of("data", "/srv/b"));
    assertThat(config.data()).isEqualTo(Path.of("/srv/b"));
    assertThat(config.listen().port()).isEqualTo(1111);
  }

  @Test
  void all_problems_are_told_together_with_their_lines() throws IOException {
    assertThat(
            problems(
                """
                listen: somewhere
                retension:
                  keep: 15d
                retention:
                  keep: 5 parsecs
                  time: 15d
                data:
                collection: 1s
                tls:
                  key: /nowhere/key.pem
                collection.period: 7s
                limits:
                  series: [1]
                """))
        .containsExactly(
            "FILE:7: 'data' has no value: write one or remove the line",
            "FILE:13: 'limits.series' takes one value, not a list",
            "FILE:3: unknown setting 'retension.keep'; did you mean 'retention.keep'?",
            "FILE:6: 'retention.time' is not a setting any more: Evenkeel calls it 'retention.keep'",
            "FILE:8: 'collection' holds keys of its own: instance, period, textfiles",
            "FILE:1: 'listen' is 'somewhere', which is not an address and port, such as 127.0.0.1:9595",
            "FILE:10: 'tls.key' is '/nowhere/key.pem', which is not a PEM file that can be read",
            "FILE:10: 'tls.key' needs 'tls.certificate' too",
            "FILE:5: 'retention.keep' is '5 parsecs', which is not a duration of at least 1h, such as 15d",
            "FILE:11: 'collection.period' is '7s', which is not one of 1s, 2s, 5s, 10s, 15s, 30s, 60s");
  }

  @ParameterizedTest
  @CsvSource({
    "lisen: 1, listen",
    "Listen: 1, listen",
    "publicURL: x, publicUrl",
    "tls.cert: x, tls.certificate",
    "retention.kep: 1d, retention.keep",
    "limits.query_timeout: 1s, limits.queryTimeout"
  })
  void an_unknown_key_is_answered_with_the_nearest(String line, String nearest) throws IOException {
    assertThat(problems(line))
        .singleElement()
        .asString()
        .endsWith("did you mean '" + nearest + "'?");
  }

  @Test
  void a_key_unlike_any_other_is_answered_with_the_list() throws IOException {
    assertThat(problems("zzzzzzzzzz: 1"))
        .singleElement()
        .asString()
        .contains("the settings are agents.listen, ");
  }

  @Test
  void a_retired_key_says_what_took_its_place() throws IOException, ConfigException {
    Path file = write("store.days: 15\n");
    ConfigReader reader =
        new ConfigReader(Set.of("store.keep"), Map.of("store.days", "write 'store.keep: 15d' now"));
    reader.load(file);
    ConfigException problem = catchThrowableOfType(ConfigException.class, reader::failOnProblems);
    assertThat(problem.problems())
        .containsExactly(
            file + ":1: 'store.days' is not a setting any more: write 'store.keep: 15d' now");
  }

  @Test
  void a_key_written_twice_is_refused() throws IOException {
    assertThat(problems("data: a\nlisten: 127.0.0.1:1\ndata: b\n"))
        .containsExactly("FILE:3: 'data' is set a second time; the first is in line 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "listen: [1\n",
        "listen: 'open\n",
        "a: b: c\n",
        "\tlisten: 1\n",
        "listen: 127.0.0.1:1\n  data: x\n",
        "data: *nowhere\n",
        "- a\n- b\n",
        "just a text\n"
      })
  void what_is_no_yaml_is_one_line_with_its_place(String text) throws IOException {
    assertThat(problems(text))
        .singleElement()
        .asString()
        .matches("FILE:\\d+: .+")
        .doesNotContain("\n");
  }

  @Test
  void a_type_tag_makes_no_object() throws IOException {
    assertThat(problems("data: !!javax.script.ScriptEngineManager [x]\n"))
        .containsExactly("FILE:1: 'data' takes one value, not a list");
  }

  @Test
  void a_missing_file_is_said_so() {
    ConfigException problem =
        catchThrowableOfType(
            ConfigException.class,
            () -> ConfigReader.read(folder.resolve("nowhere.yaml"), Map.of()));
    assertThat(problem.problems())
        .singleElement()
        .asString()
        .endsWith("nowhere.yaml: there is no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0:9595", "[::]:9595", "0.0.0.0", "192.0.2.1:80"})
  void listening_beyond_this_machine_needs_tls(String listen) {
    ConfigException problem =
        catchThrowableOfType(
            ConfigException.class, () -> ConfigReader.read(null, Map.of("listen", listen)));
    assertThat(problem.problems())
        .singleElement()
        .asString()
        .startsWith("--listen: listening on ")
        .contains("tls.certificate", "ssh -L");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:80, 127.0.0.1, 80",
    "127.0.0.1, 127.0.0.1, 9595",
    "8080, 127.0.0.1, 8080",
    "0, 127.0.0.1, 0",
    "localhost:1, localhost, 1",
    "[::1]:81, ::1, 81",
    "[::1], ::1, 9595"
  })
  void an_address_may_be_written_in_these_ways(String text, String host, int port)
      throws ConfigException {
    EvenkeelConfig.Listen listen = ConfigReader.read(null, Map.of("listen", text)).listen();
    assertThat(listen.host()).isEqualTo(host);
    assertThat(listen.port()).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":9595",
        "127.0.0.1:99999",
        "127.0.0.1:",
        "127.0.0.1:http",
        "a b:1",
        "127.0.0.1:-1"
      })
  void what_is_no_address_is_refused(String text) {
    ConfigException problem =
        catchThrowableOfType(
            ConfigException.class, () -> ConfigReader.read(null, Map.of("listen", text)));
    assertThat(problem.problems())
        .singleElement()
        .asString()
        .contains("which is not an address and port");
  }

  private EvenkeelConfig read(String text) throws IOException, ConfigException {
    return ConfigReader.read(write(text), Map.of());
  }

  private List<String> problems(String text) throws IOException {
    Path file = write(text);
    ConfigException problem =
        catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file, Map.of()));
    assertThat(problem).as(text).isNotNull();
    return problem.problems().stream().map(p -> p.replace(file.toString(), "FILE")).toList();
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("evenkeel.yaml"), text);
  }
}
