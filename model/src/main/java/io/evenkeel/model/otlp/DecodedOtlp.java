package io.evenkeel.model.otlp;

import java.util.List;

/// What was left out while an OTLP request was decoded; everything else is in the batch.
///
/// @param refusedPoints data points that were left out
/// @param details for the first few kinds of refusal, which metric and why, for a person to read
public record DecodedOtlp(int refusedPoints, List<String> details) {
  public DecodedOtlp {
    details = List.copyOf(details);
  }
}
