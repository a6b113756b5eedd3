package io.evenkeel.hub.api;

import io.evenkeel.hub.ingest.RemoteWrite;
import io.evenkeel.hub.ingest.Source;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.model.remotewrite.RemoteWriteVersion;
import io.evenkeel.model.wire.WireException;
import io.evenkeel.tsdb.storage.ReadOnlyStoreException;
import io.evenkeel.tsdb.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Prometheus remote write, 1.0 and 2.0. Answers are texts, as its senders log them.
public final class IngestRoutes {
  private static final String PATH = "/api/v1/write";
  private static final String V2_MESSAGE = "io.prometheus.write.v2.request";
  private static final String V1_MESSAGE = "prometheus.writerequest";
  private static final Pattern AGENT =
      Pattern.compile("evenkeel-agent(?:/([0-9A-Za-z.+-]{1,40}))?(?: .*)?");
  private static final int RETRY_AFTER_SECONDS = 5;

  private final RemoteWrite remoteWrite;
  private final HubMetrics metrics;

  public IngestRoutes(RemoteWrite remoteWrite, HubMetrics metrics) {
    this.remoteWrite = remoteWrite;
    this.metrics = metrics;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(
            PATH,
            Access.INGEST,
            "Takes samples by Prometheus remote write 1.0 or 2.0; 204 once they are durable.",
            null,
            null,
            this::write));
  }

  private void write(Exchange exchange) throws InterruptedException {
    Answer answer = accept(exchange);
    metrics.remoteWrite(answer.status);
    if (answer.status == 503) {
      exchange.header("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
    }
    exchange.answer(
        answer.status,
        "text/plain; charset=utf-8",
        answer.text.isEmpty()
            ? new byte[0]
            : (answer.text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private record Answer(int status, String text) {}

  private Answer accept(Exchange exchange) throws InterruptedException {
    String encoding = exchange.header("Content-Encoding").orElse("snappy");
    if (!encoding.equalsIgnoreCase("snappy")) {
      return new Answer(415, "Content-Encoding is '" + encoding + "', snappy is accepted");
    }
    String type = exchange.header("Content-Type").orElse("application/x-protobuf");
    Optional<RemoteWriteVersion> version = version(type);
    if (version.isEmpty()) {
      return new Answer(
          415,
          "Content-Type is '"
              + type
              + "', accepted are application/x-protobuf with proto=prometheus.WriteRequest or"
              + " proto=io.prometheus.write.v2.Request");
    }
    try {
      byte[] body = exchange.body(remoteWrite.limits().compressedBytes());
      RemoteWrite.Result result = remoteWrite.accept(version.get(), body, source(exchange));
      exchange.header(
          "X-Prometheus-Remote-Write-Samples-Written", Integer.toString(result.samples()));
      exchange.header(
          "X-Prometheus-Remote-Write-Histograms-Written", Integer.toString(result.histograms()));
      exchange.header(
          "X-Prometheus-Remote-Write-Exemplars-Written", Integer.toString(result.exemplars()));
      return result.refusal().isEmpty() ? new Answer(204, "") : new Answer(400, result.refusal());
    } catch (WireException e) {
      int status =
          switch (e.reason()) {
            case MALFORMED -> 400;
            case TOO_LARGE -> 413;
          };
      return new Answer(status, String.valueOf(e.getMessage()));
    } catch (ApiException e) {
      return new Answer(e.status(), String.valueOf(e.getMessage()));
    } catch (RemoteWrite.OverloadedException | ReadOnlyStoreException e) {
      return new Answer(503, String.valueOf(e.getMessage()));
    } catch (StorageException e) {
      return new Answer(503, "the samples are not certain to be stored: " + e.getMessage());
    }
  }

  private static Optional<RemoteWriteVersion> version(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT).replace(" ", "");
    if (!type.equals("application/x-protobuf") && !type.startsWith("application/x-protobuf;")) {
      return Optional.empty();
    }
    int at = type.indexOf("proto=");
    String message = at < 0 ? V1_MESSAGE : type.substring(at + 6).replace("\"", "");
    int end = message.indexOf(';');
    return switch (end < 0 ? message : message.substring(0, end)) {
      case V1_MESSAGE -> Optional.of(RemoteWriteVersion.V1);
      case V2_MESSAGE -> Optional.of(RemoteWriteVersion.V2);
      default -> Optional.empty();
    };
  }

  private static Source source(Exchange exchange) {
    Matcher sender = AGENT.matcher(exchange.header("User-Agent").orElse(""));
    if (!sender.matches()) {
      return Source.remoteWrite(exchange.caller().auditName());
    }
    String version = sender.group(1);
    return Source.pushingAgent(
        version == null ? "unknown" : version, exchange.caller().auditName());
  }
}
