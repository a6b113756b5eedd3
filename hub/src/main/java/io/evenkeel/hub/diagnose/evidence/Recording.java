package io.evenkeel.hub.diagnose.evidence;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.remotewrite.DecodedWrite;
import io.evenkeel.model.remotewrite.RemoteWriteDecoder;
import io.evenkeel.model.remotewrite.RemoteWriteEncoder;
import io.evenkeel.model.remotewrite.RemoteWriteVersion;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.SnappyBlock;
import io.evenkeel.model.wire.WireException;
import java.io.IOException;
import java.util.List;

/// A window as bytes: one remote write 1.0 request, so that anything that takes remote write can be
/// shown what was seen.
public final class Recording {
  private static final int MOST_BYTES = 64 << 20;
  private static final RequestLimits LIMITS = RequestLimits.DEFAULT.sized(MOST_BYTES, MOST_BYTES);

  private Recording() {}

  /// The bytes of a window, with samples at least so far apart: the first and the last of each
  /// series stay.
  public static byte[] write(EvidenceWindow window, long stepMillis) {
    SampleBatch batch = new SampleBatch();
    for (Track track : window.all()) {
      int series = batch.addSeries(shortened(track.labels()));
      long next = 0;
      for (int i = 0; i < track.size(); i++) {
        // A tenth of slack, because rounds never come to the millisecond.
        if (track.time(i) >= next - stepMillis / 10 || i == track.size() - 1) {
          batch.addSample(series, track.time(i), track.value(i));
          next = track.time(i) + stepMillis;
        }
      }
    }
    RemoteWriteEncoder.Request request = new RemoteWriteEncoder().encode(batch);
    return java.util.Arrays.copyOf(request.bytes(), request.length());
  }

  /// The host's name and job say nothing to a rule.
  private static Labels shortened(Labels labels) {
    return labels.without(List.of(Label.INSTANCE, Label.JOB));
  }

  /// The window that bytes hold.
  ///
  /// @throws IOException when they are no recording; the message says why
  public static EvidenceWindow read(byte[] bytes) throws IOException {
    SampleBatch batch = new SampleBatch();
    try {
      int length = SnappyBlock.declaredLength(bytes, bytes.length, MOST_BYTES);
      byte[] body = new byte[length];
      SnappyBlock.decode(bytes, bytes.length, body, length);
      DecodedWrite outcome =
          RemoteWriteDecoder.decode(RemoteWriteVersion.V1, body, length, LIMITS, batch);
      if (outcome.refusedSeries() + outcome.refusedSamples() > 0) {
        throw new IOException("this recording cannot be read whole: " + outcome.details());
      }
      EvidenceWindow window = new EvidenceWindow();
      window.add(batch);
      return window;
    } catch (WireException | IllegalArgumentException e) {
      throw new IOException("this is no recording of a host: " + e.getMessage(), e);
    }
  }
}
