package io.evenkeel.hub.ingest;

import io.evenkeel.hub.clean.Doubt;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.remotewrite.DecodedWrite;
import io.evenkeel.model.remotewrite.RemoteWriteDecoder;
import io.evenkeel.model.remotewrite.RemoteWriteVersion;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.SnappyBlock;
import io.evenkeel.model.wire.WireException;
import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Takes remote write requests: decompress, decode, ingest. Safe for use by many threads.
///
/// The memory of all requests together is bounded: each waits, for a while, until there is room for
/// its decoded body.
public final class RemoteWrite {
  /// Room for the decoded bodies of all requests together.
  private static final int ROOM_KIB = 32 << 10;

  private static final Duration WAIT_FOR_ROOM = Duration.ofSeconds(5);

  private final Ingest ingest;
  private final RequestLimits limits;
  private final Semaphore room = new Semaphore(ROOM_KIB, true);

  /// What became of a request.
  ///
  /// @param samples stored numbers
  /// @param histograms stored native histograms
  /// @param exemplars kept exemplars
  /// @param refusal why some samples were refused, a sentence; empty when none were
  public record Result(int samples, int histograms, int exemplars, String refusal) {}

  /// Too many requests are being taken in at once.
  public static final class OverloadedException extends Exception {
    private static final long serialVersionUID = 1L;

    OverloadedException() {
      super("the hub takes in as many requests as it has memory for: try again in a moment");
    }
  }

  public RemoteWrite(Ingest ingest, RequestLimits limits) {
    this.ingest = ingest;
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
  /// @throws OverloadedException when there is no memory for it now
  public Result accept(RemoteWriteVersion version, byte[] body, Source source)
      throws WireException, OverloadedException, InterruptedException {
    int length = SnappyBlock.declaredLength(body, body.length, limits.decodedBytes());
    int need = Math.min(ROOM_KIB, (length >> 10) + 1);
    if (!room.tryAcquire(need, WAIT_FOR_ROOM.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new OverloadedException();
    }
    try {
      byte[] decoded = new byte[length];
      SnappyBlock.decode(body, body.length, decoded, length);
      SampleBatch batch = new SampleBatch();
      DecodedWrite left = RemoteWriteDecoder.decode(version, decoded, length, limits, batch);
      ingest.leftOut(source, Doubt.INVALID_LABELS, left.refusedSamples());
      ingest.leftOut(source, Doubt.INVALID_HISTOGRAM, left.refusedHistograms());
      Ingest.Outcome outcome = ingest.accept(source, batch);
      return new Result(
          outcome.samples(),
          outcome.stored().histograms(),
          outcome.stored().exemplars(),
          refusal(left, outcome));
    } finally {
      room.release(need);
    }
  }

  private static String refusal(DecodedWrite left, Ingest.Outcome outcome) {
    Map<String, Integer> reasons = new TreeMap<>();
    count(reasons, "invalid_labels", left.refusedSamples());
    count(reasons, "invalid_histogram", left.refusedHistograms());
    count(reasons, "invalid_exemplar", left.refusedExemplars());
    count(reasons, "invalid_metadata", left.refusedMetadata());
    count(reasons, "impossible_value", outcome.cleaned().refused());
    outcome
        .stored()
        .rejected()
        .forEach((reason, count) -> {
          if (reason != Rejection.DUPLICATE) {
            count(reasons, Doubt.of(reason).label(), count);
          }
        });
    if (reasons.isEmpty() && left.refusedSeries() == 0) {
      return "";
    }
    List<String> details = new ArrayList<>(left.details());
    details.addAll(outcome.stored().details());
    int refused = reasons.values().stream().mapToInt(Integer::intValue).sum();
    return refused
        + " samples were refused ("
        + reasons
        + "), the others are stored"
        + (details.isEmpty() ? "" : ": " + String.join("; ", details));
  }

  private static void count(Map<String, Integer> reasons, String reason, int count) {
    if (count > 0) {
      reasons.merge(reason, count, Integer::sum);
    }
  }
}
