package io.evenkeel.hub.api;

import io.evenkeel.hub.ingest.ForeignInstanceException;
import io.evenkeel.hub.ingest.IngestRoom.OverloadedException;
import io.evenkeel.hub.ingest.Otlp;
import io.evenkeel.hub.ingest.RemoteWrite;
import io.evenkeel.hub.ingest.Source;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.model.remotewrite.RemoteWriteVersion;
import io.evenkeel.model.wire.WireException;
import io.evenkeel.tsdb.storage.ReadOnlyStoreException;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The doors for samples that others send: Prometheus remote write, 1.0 and 2.0, whose answers are
/// texts as its senders log them, and OTLP/HTTP, whose answers are OTLP's messages in the encoding
/// of the request.
public final class IngestRoutes {
  private static final String WRITE = "/api/v1/write";
  private static final String OTLP = "/api/v1/otlp/v1/metrics";
  private static final String V2_MESSAGE = "io.prometheus.write.v2.request";
  private static final String V1_MESSAGE = "prometheus.writerequest";
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final Pattern AGENT =
      Pattern.compile("evenkeel-agent(?:/([0-9A-Za-z.+-]{1,40}))?(?: .*)?");
  private static final int RETRY_AFTER_SECONDS = 5;

  private final RemoteWrite remoteWrite;
  private final Otlp otlp;
  private final HubMetrics metrics;

  public IngestRoutes(RemoteWrite remoteWrite, Otlp otlp, HubMetrics metrics) {
    this.remoteWrite = remoteWrite;
    this.otlp = otlp;
    this.metrics = metrics;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(
            WRITE,
            Access.INGEST,
            "Takes samples by Prometheus remote write 1.0 or 2.0; 204 once they are durable.",
            null,
            null,
            this::write),
        Route.post(
            OTLP,
            Access.INGEST,
            "Takes OpenTelemetry metrics (OTLP/HTTP, protobuf or JSON); 200 once they are durable.",
            null,
            null,
            this::otlp));
  }

  /// A status, and what to say: for a success, why a part was refused.
  ///
  /// @param reason why the whole was refused, a word for counting; empty when it was not
  /// @param refused how many samples were refused
  record Answer(int status, String text, String reason, int refused) {
    static Answer refusal(int status, String reason, String text) {
      return new Answer(status, text, reason, 0);
    }
  }

  /// Takes a request in.
  interface Delivery {
    Answer take() throws WireException, OverloadedException, InterruptedException;
  }

  private Answer guarded(Exchange exchange, String door, Delivery delivery)
      throws InterruptedException {
    Answer answer = answer(delivery);
    metrics.delivery(door, answer.status);
    if (!answer.reason.isEmpty()) {
      metrics.refusedDelivery(door, answer.reason);
    }
    if (answer.status == 503) {
      exchange.header("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
    }
    return answer;
  }

  static Answer answer(Delivery delivery) throws InterruptedException {
    try {
      return delivery.take();
    } catch (WireException e) {
      String text = String.valueOf(e.getMessage());
      return switch (e.reason()) {
        case MALFORMED -> Answer.refusal(400, "malformed", text);
        case TOO_LARGE -> Answer.refusal(413, "too_large", text);
      };
    } catch (ApiException e) {
      String reason = e.status() == 413 ? "too_large" : "malformed";
      return Answer.refusal(e.status(), reason, String.valueOf(e.getMessage()));
    } catch (ForeignInstanceException e) {
      return Answer.refusal(403, "foreign_instance", String.valueOf(e.getMessage()));
    } catch (OverloadedException e) {
      return Answer.refusal(503, "overloaded", String.valueOf(e.getMessage()));
    } catch (ReadOnlyStoreException e) {
      return Answer.refusal(503, "read_only", String.valueOf(e.getMessage()));
    } catch (StorageException e) {
      return Answer.refusal(
          503, "store_failed", "the samples are not certain to be stored: " + e.getMessage());
    }
  }

  // --- remote write ---

  private void write(Exchange exchange) throws InterruptedException {
    written(exchange, 0, 0, 0);
    Answer answer = guarded(exchange, "remote_write", () -> write1Or2(exchange));
    exchange.answer(
        answer.status,
        "text/plain; charset=utf-8",
        answer.text.isEmpty()
            ? new byte[0]
            : (answer.text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private Answer write1Or2(Exchange exchange)
      throws WireException, OverloadedException, InterruptedException {
    String encoding = exchange.header("Content-Encoding").orElse("snappy");
    if (!encoding.equalsIgnoreCase("snappy")) {
      return Answer.refusal(
          415,
          "unsupported_encoding",
          "Content-Encoding is '" + encoding + "', snappy is accepted");
    }
    String type = exchange.header("Content-Type").orElse(PROTOBUF);
    Optional<RemoteWriteVersion> version = version(type);
    if (version.isEmpty()) {
      return Answer.refusal(
          415,
          "unsupported_type",
          "Content-Type is '"
              + type
              + "', accepted are application/x-protobuf with proto=prometheus.WriteRequest or"
              + " proto=io.prometheus.write.v2.Request");
    }
    byte[] body = exchange.body(remoteWrite.limits().compressedBytes());
    RemoteWrite.Result result = remoteWrite.accept(version.get(), body, source(exchange));
    written(exchange, result.samples(), result.histograms(), result.exemplars());
    return new Answer(result.refusal().isEmpty() ? 204 : 400, result.refusal(), "", 0);
  }

  /// What remote write 2.0 wants to know of every answer, a refusal too.
  private static void written(Exchange exchange, int samples, int histograms, int exemplars) {
    exchange.header("X-Prometheus-Remote-Write-Samples-Written", Integer.toString(samples));
    exchange.header("X-Prometheus-Remote-Write-Histograms-Written", Integer.toString(histograms));
    exchange.header("X-Prometheus-Remote-Write-Exemplars-Written", Integer.toString(exemplars));
  }

  private static Optional<RemoteWriteVersion> version(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT).replace(" ", "");
    if (!type.equals(PROTOBUF) && !type.startsWith(PROTOBUF + ";")) {
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

  // --- OTLP ---

  private void otlp(Exchange exchange) throws InterruptedException {
    String type = exchange.header("Content-Type").orElse(PROTOBUF).toLowerCase(Locale.ROOT);
    boolean json = type.equals(JSON) || type.startsWith(JSON + ";");
    boolean known = json || type.equals(PROTOBUF) || type.startsWith(PROTOBUF + ";");
    Answer answer =
        guarded(
            exchange,
            "otlp",
            () ->
                known
                    ? otlp(exchange, json)
                    : Answer.refusal(
                        415,
                        "unsupported_type",
                        "Content-Type is '"
                            + type
                            + "', accepted are application/x-protobuf and application/json"));
    if (json) {
      exchange.answer(answer.status, JSON, Json.write(jsonAnswer(answer)));
    } else {
      exchange.answer(answer.status, PROTOBUF, protobufAnswer(answer));
    }
  }

  private Answer otlp(Exchange exchange, boolean json)
      throws WireException, OverloadedException, InterruptedException {
    String encoding =
        exchange.header("Content-Encoding").orElse("identity").toLowerCase(Locale.ROOT);
    if (!encoding.equals("gzip") && !encoding.equals("identity")) {
      return Answer.refusal(
          415,
          "unsupported_encoding",
          "Content-Encoding is '" + encoding + "', gzip and identity are accepted");
    }
    boolean gzip = encoding.equals("gzip");
    byte[] body =
        exchange.body(gzip ? otlp.limits().compressedBytes() : otlp.limits().decodedBytes());
    Source source = Source.otlp(exchange.caller().auditName());
    Otlp.Result result = otlp.accept(body, json, gzip, source);
    return new Answer(200, result.refusal(), "", result.refused());
  }

  /// An ExportMetricsServiceResponse, or a google.rpc.Status for a refusal.
  private static Map<String, Object> jsonAnswer(Answer answer) {
    if (answer.status != 200) {
      return Map.of("message", answer.text);
    }
    return answer.text.isEmpty()
        ? Map.of()
        : Map.of(
            "partialSuccess",
            Map.of(
                "rejectedDataPoints",
                Integer.toString(answer.refused),
                "errorMessage",
                answer.text));
  }

  /// The same in protobuf: of a Status field 2 is the message, of a response field 1 the partial
  /// success, whose fields are the count and the message.
  private static byte[] protobufAnswer(Answer answer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] text = answer.text.getBytes(StandardCharsets.UTF_8);
    if (answer.status != 200) {
      field(out, 2, text);
    } else if (text.length > 0) {
      ByteArrayOutputStream partial = new ByteArrayOutputStream();
      partial.write(1 << 3);
      varint(partial, answer.refused);
      field(partial, 2, text);
      field(out, 1, partial.toByteArray());
    }
    return out.toByteArray();
  }

  private static void field(ByteArrayOutputStream out, int number, byte[] content) {
    out.write(number << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      out.write(rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
