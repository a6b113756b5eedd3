package io.evenkeel.model.remotewrite;

import java.util.List;

/// What was left out while a request was decoded; everything else is in the batch.
///
/// @param refusedSeries series whose labels are beyond a limit or cannot be read
/// @param refusedSamples their samples, histograms and exemplars
/// @param refusedHistograms histograms of accepted series whose parts contradict each other
/// @param refusedExemplars exemplars of accepted series whose labels cannot be read or are beyond a
///   limit
/// @param refusedMetadata descriptions of metrics that are longer than what is accepted
/// @param details for the first few refusals, which and why, for a person to read
public record DecodedWrite(
    int refusedSeries,
    int refusedSamples,
    int refusedHistograms,
    int refusedExemplars,
    int refusedMetadata,
    List<String> details) {
  public DecodedWrite {
    details = List.copyOf(details);
  }
}
