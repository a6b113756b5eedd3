package io.evenkeel.hub.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.scrape.ScrapeJob.Credentials;
import io.evenkeel.hub.scrape.ScrapeJob.Limits;
import io.evenkeel.hub.yaml.YamlProblem;
import io.evenkeel.model.Labels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScrapeJobReaderTest {
  private static ScrapeJobReader.Result read(String text) {
    return ScrapeJobReader.read(text, Path.of("/etc/evenkeel"));
  }

  @Test
  void a_job_is_read_as_prometheus_writes_it() {
    ScrapeJobReader.Result read =
        read(
            """
            listen: 127.0.0.1:9595
            scrape_configs:
              - job_name: node
                scrape_interval: 5s
                scrape_timeout: 3s
                metrics_path: /probe
                scheme: https
                params:
                  module: [http_2xx, tcp]
                honor_labels: true
                honor_timestamps: false
                scrape_native_histograms: true
                sample_limit: 1000
                label_limit: 20
                label_name_length_limit: 50
                label_value_length_limit: 200
                body_size_limit: 2MB
                target_limit: 7
                basic_auth: {username: u, password_file: secret}
                tls_config: {ca_file: ca.pem}
                static_configs:
                  - targets: ["10.0.0.1:9100", web]
                    labels: {env: prod}
                file_sd_configs:
                  - files: [targets/*.json]
                    refresh_interval: 1m
              - job_name: minimal
                static_configs: [{targets: [localhost:1]}]
            """);
    assertThat(read.problems()).isEmpty();
    ScrapeJob job = read.jobs().getFirst();
    assertThat(job.interval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(job.timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(job.params()).isEqualTo(Map.of("module", List.of("http_2xx", "tcp")));
    assertThat(job.honorLabels()).isTrue();
    assertThat(job.honorTimestamps()).isFalse();
    assertThat(job.nativeHistograms()).isTrue();
    assertThat(job.limits()).isEqualTo(new Limits(1000, 20, 50, 200, 2 << 20, 7));
    assertThat(job.credentials())
        .isEqualTo(new Credentials.Basic("u", "", Optional.of(Path.of("/etc/evenkeel/secret"))));
    assertThat(job.authorities()).contains(Path.of("/etc/evenkeel/ca.pem"));
    assertThat(job.staticTargets())
        .containsExactly(new TargetGroup(List.of("10.0.0.1:9100", "web"), Map.of("env", "prod")));
    assertThat(job.files().getFirst().patterns())
        .containsExactly(Path.of("/etc/evenkeel/targets/*.json"));
    ScrapeJob minimal = read.jobs().get(1);
    assertThat(minimal.interval()).isEqualTo(Duration.ofSeconds(15));
    assertThat(minimal.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(minimal.path()).isEqualTo("/metrics");
    assertThat(minimal.honorTimestamps()).isTrue();
    assertThat(minimal.limits().bodyBytes()).isEqualTo(8 << 20);
  }

  @Test
  void everything_that_is_wrong_is_told_with_its_place() {
    ScrapeJobReader.Result read =
        read(
            """
            scrape_configs:
              - job_name: a
                scrape_interval: 5s
                scrape_timeout: 6s
                scheme: ftp
                metrics_path: metrics
                dns_sd_configs: []
                static_configs: [{targets: ["http://x/metrics"]}]
                file_sd_configs: [{files: [targets.txt]}]
                relabel_configs:
                  - {regex: '(', target_label: x}
                  - {action: replace}
                  - {action: explode}
                  - {action: hashmod, target_label: x}
                tls_config: {insecure_skip_verify: true}
                basic_auth: {username: u}
                bearer_token: t
                body_size_limit: huge
              - job_name: a
              - {}
            """);
    assertThat(read.jobs()).isEmpty();
    assertThat(read.problems().stream().map(YamlProblem::message))
        .anyMatch(m -> m.contains("at most the scrape_interval"))
        .anyMatch(m -> m.contains("http or https"))
        .anyMatch(m -> m.contains("begins with '/'"))
        .anyMatch(m -> m.contains("'dns_sd_configs' is no field of a scrape job"))
        .anyMatch(m -> m.contains("'http://x/metrics' is not an address"))
        .anyMatch(m -> m.contains("ends in .yml"))
        .anyMatch(m -> m.contains("not a regular expression"))
        .anyMatch(m -> m.contains("replace needs a target_label"))
        .anyMatch(m -> m.contains("an action is one of replace, keep"))
        .anyMatch(m -> m.contains("needs a modulus"))
        .anyMatch(m -> m.contains("always verified"))
        .anyMatch(m -> m.contains("only one of basic_auth"))
        .anyMatch(m -> m.contains("body_size_limit is a size"))
        .anyMatch(m -> m.contains("named 'a' too"))
        .anyMatch(m -> m.contains("needs a job_name"));
    assertThat(read.problems().getLast().line()).isGreaterThan(15);
  }

  @Test
  void a_target_gets_its_labels_and_address_by_relabelling() {
    ScrapeJob job =
        read("""
        scrape_configs:
          - job_name: probe
            metrics_path: /probe
            params: {module: [http_2xx, more]}
            static_configs: [{targets: ["https://not-here"]}]
        """
                    .replace("\"https://not-here\"", "web:80")
                + """
                    relabel_configs:
                      - {source_labels: [__address__], target_label: __param_target}
                      - {source_labels: [__param_target], target_label: instance}
                      - {target_label: __address__, replacement: 'exporter:9115'}
                      - {target_label: __scrape_interval__, replacement: 1m}
                """
                    .indent(0))
            .jobs()
            .getFirst();
    Target target =
        ((Target.Relabelled.Kept) Target.of(job, "web:80", job.staticTargets().getFirst()))
            .target();
    assertThat(target.uri())
        .hasToString("http://exporter:9115/probe?module=http_2xx&module=more&target=web%3A80");
    assertThat(target.labels()).isEqualTo(Labels.of("job", "probe", "instance", "web:80"));
    assertThat(target.interval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(target.discovered().get("__scrape_interval__")).isEqualTo("15s");
  }
}
