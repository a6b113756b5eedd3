package io.evenkeel.gateway.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// Every policy by the name that a configuration gives it.
public final class Policies {
  /// How each is made; the order is that of the documentation.
  public static final Map<String, Function<RandomSource, Policy>> BY_NAME = byName();

  private Policies() {}

  private static Map<String, Function<RandomSource, Policy>> byName() {
    Map<String, Function<RandomSource, Policy>> policies = new LinkedHashMap<>();
    policies.put("least-requests", LeastRequests::new);
    policies.put("round-robin", _ -> new RoundRobin());
    policies.put("weighted-round-robin", _ -> new SmoothWeightedRoundRobin());
    policies.put("hot-cold", HotCold::new);
    policies.put("peak-ewma", PeakEwma::new);
    policies.put("consistent-hash", _ -> new RendezvousHash());
    policies.put("sticky", Sticky::new);
    return Collections.unmodifiableMap(policies);
  }
}
