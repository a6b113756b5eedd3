package io.evenkeel.hub.ingest;

import io.evenkeel.hub.clean.Doubt;
import io.evenkeel.hub.clean.InstanceCheck;
import io.evenkeel.hub.ingest.IngestRoom.OverloadedException;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.remotewrite.DecodedWrite;
import io.evenkeel.model.remotewrite.RemoteWriteDecoder;
import io.evenkeel.model.remotewrite.RemoteWriteVersion;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.SnappyBlock;
import io.evenkeel.model.wire.WireException;
import java.util.Optional;
import java.util.Set;

/// Takes remote write requests: decompress, decode, ingest. Safe for use by many threads.
public final class RemoteWrite {
  private final Ingest ingest;
  private final IngestRoom room;
  private final RequestLimits limits;
  private final RequestBuffers spare = new RequestBuffers();

  /// What became of a request.
  ///
  /// @param samples numbers that are stored, now or before
  /// @param histograms native histograms that are stored, now or before
  /// @param exemplars kept exemplars
  /// @param refused how many samples were refused
  /// @param refusal why some were, a sentence; empty when none were
  public record Result(int samples, int histograms, int exemplars, int refused, String refusal) {}

  public RemoteWrite(Ingest ingest, IngestRoom room, RequestLimits limits) {
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
  /// @param body a snappy block
  /// @throws WireException when the request as a whole cannot be read; nothing is stored then
  /// @throws ForeignInstanceException when a sample is of a host that the source may not speak for;
  ///   nothing is stored then
  /// @throws OverloadedException when there is no memory for it now
  public Result accept(RemoteWriteVersion version, byte[] body, Source source)
      throws WireException, OverloadedException, InterruptedException {
    int length = SnappyBlock.declaredLength(body, body.length, limits.decodedBytes());
    return room.with(
        length,
        () -> {
          RequestBuffers.Pair buffers = spare.take(length);
          try {
            SnappyBlock.decode(body, body.length, buffers.decoded(), length);
            return accept(version, buffers.decoded(), length, source, buffers.batch());
          } finally {
            spare.giveBack(buffers);
          }
        });
  }

  private Result accept(
      RemoteWriteVersion version, byte[] decoded, int length, Source source, SampleBatch batch)
      throws WireException {
    DecodedWrite left = RemoteWriteDecoder.decode(version, decoded, length, limits, batch);
    Set<String> own = source.instances();
    if (own != null) {
      Optional<String> foreign = InstanceCheck.foreign(batch, own);
      if (foreign.isPresent()) {
        throw new ForeignInstanceException(foreign.get());
      }
    }
    ingest.leftOut(source, Doubt.INVALID_LABELS, left.refusedSamples());
    ingest.leftOut(source, Doubt.INVALID_HISTOGRAM, left.refusedHistograms());
    int numbers = batch.sampleCount() - batch.histogramCount();
    Ingest.Outcome outcome = ingest.accept(source, batch);
    // What was stored before counts as written: a sender that repeats a request after a lost answer
    // must not take it for a loss. Numbers are credited first, as the store does not tell them
    // apart.
    int known = outcome.repeated();
    int samples = Math.min(numbers, outcome.samples() + known);
    int histograms =
        outcome.stored().histograms() + Math.max(0, outcome.samples() + known - samples);
    Refusals refusals =
        new Refusals()
            .count("invalid_labels", left.refusedSamples())
            .count("invalid_histogram", left.refusedHistograms())
            .count("invalid_exemplar", left.refusedExemplars())
            .count("invalid_metadata", left.refusedMetadata())
            .details(left.details())
            .of(outcome);
    return new Result(
        samples,
        histograms,
        outcome.stored().exemplars(),
        refusals.total(),
        left.refusedSeries() > 0 || !refusals.isEmpty() ? refusals.sentence() : "");
  }
}
