package io.evenkeel.model.remotewrite;

import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.wire.ProtoCursor;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.WireException;

/// The front door of decoding: one decompressed remote write request into a batch.
///
/// Version 1.0 is not copied: the batch's series point into the body, so the body must not change
/// before the batch is done with. Whether a label is UTF-8, and sorted, is left to whoever meets
/// the series for the first time ([io.evenkeel.model.LabelBytes#decode]); numbers, lengths and
/// limits are checked here. Stateless.
public final class RemoteWriteDecoder {
  private RemoteWriteDecoder() {}

  /// Adds a request's series, samples, histograms, exemplars and metadata to a batch.
  ///
  /// @throws WireException when the request as a whole cannot be read; the batch may then hold a
  ///   part of it and must be cleared
  public static DecodedWrite decode(
      RemoteWriteVersion version, byte[] body, int length, RequestLimits limits, SampleBatch into)
      throws WireException {
    DecodedRequest request = new DecodedRequest(limits, into);
    ProtoCursor cursor = new ProtoCursor(body, 0, length);
    switch (version) {
      case V1 -> new Version1Message(cursor, request).read();
      case V2 -> new Version2Message(cursor, request).read();
    }
    return request.outcome();
  }
}
