package io.evenkeel.hub.ingest;

import io.evenkeel.hub.clean.Doubt;
import io.evenkeel.hub.ingest.IngestRoom.OverloadedException;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.otlp.DecodedOtlp;
import io.evenkeel.model.otlp.OtlpDecoder;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.WireException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/// Takes OpenTelemetry's metrics: decompress, decode, ingest. Safe for use by many threads.
public final class Otlp {
  private final Ingest ingest;
  private final IngestRoom room;
  private final RequestLimits limits;

  /// What became of a request.
  ///
  /// @param refused how many data points were refused, wholly or in part
  /// @param refusal why, a sentence; empty when none were
  public record Result(int refused, String refusal) {}

  public Otlp(Ingest ingest, IngestRoom room, RequestLimits limits) {
    this.ingest = ingest;
    this.room = room;
    this.limits = limits;
  }

  /// What a request may hold.
  public RequestLimits limits() {
    return limits;
  }

  /// Takes a request in; what is not refused is durable when this returns.
  ///
  /// @param json whether it is OTLP's JSON instead of protobuf
  /// @param gzip whether it is compressed
  /// @throws WireException when the request as a whole cannot be read; nothing is stored then
  /// @throws OverloadedException when there is no memory for it now
  public Result accept(byte[] body, boolean json, boolean gzip, Source source)
      throws WireException, OverloadedException, InterruptedException {
    // How much gzip will make of it is not known before: room is taken for the most there may be.
    long bytes = gzip ? limits.decodedBytes() : body.length;
    return room.with(bytes, () -> accept(gzip ? unzipped(body) : body, json, source));
  }

  private Result accept(byte[] plain, boolean json, Source source) throws WireException {
    byte[] message = json ? OtlpJson.toProtobuf(plain) : plain;
    SampleBatch batch = new SampleBatch();
    DecodedOtlp left = OtlpDecoder.decode(message, message.length, limits, batch);
    ingest.leftOut(source, Doubt.INVALID_LABELS, left.refusedPoints());
    Ingest.Outcome outcome = ingest.accept(source, batch);
    Refusals refusals =
        new Refusals()
            .count("data_points", left.refusedPoints())
            .details(left.details())
            .of(outcome);
    return new Result(refusals.total(), refusals.isEmpty() ? "" : refusals.sentence());
  }

  /// Decompresses, counting while it goes.
  private byte[] unzipped(byte[] body) throws WireException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream(Math.max(64, 4 * body.length));
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      byte[] portion = new byte[16 << 10];
      for (int read = in.read(portion); read >= 0; read = in.read(portion)) {
        if (plain.size() + read > limits.decodedBytes()) {
          throw WireException.tooLarge(
              "the body has more than "
                  + limits.decodedBytes()
                  + " bytes after decompression: send smaller requests");
        }
        plain.write(portion, 0, read);
      }
      return plain.toByteArray();
    } catch (EOFException e) {
      throw WireException.malformed("the gzip body is cut off");
    } catch (IOException e) {
      throw WireException.malformed("the body is not gzip: " + e.getMessage());
    }
  }
}
