package io.evenkeel.model.wire;

/// How much one delivery of samples may hold. Every limit is checked before memory is taken for
/// what it bounds.
///
/// @param compressedBytes the body as it comes over the wire
/// @param decodedBytes the body after decompression
/// @param series series in one request
/// @param samples samples, histograms and exemplars in one request
/// @param buckets histogram buckets in one request
/// @param labels labels of one series
/// @param labelNameBytes one label's name
/// @param labelValueBytes one label's value
public record RequestLimits(
    int compressedBytes,
    int decodedBytes,
    int series,
    int samples,
    int buckets,
    int labels,
    int labelNameBytes,
    int labelValueBytes) {

  /// The limits of a hub with 256 MB: 1 MiB compressed, 8 MiB decoded.
  ///
  /// The counts keep the columns of a batch in the same size as the body: an empty sample takes two
  /// bytes of a body but two dozen of a batch.
  public static final RequestLimits DEFAULT =
      new RequestLimits(1 << 20, 8 << 20, 100_000, 250_000, 500_000, 32, 128, 1024);

  /// With other sizes of the body.
  public RequestLimits sized(int compressed, int decoded) {
    return new RequestLimits(
        compressed, decoded, series, samples, buckets, labels, labelNameBytes, labelValueBytes);
  }
}
