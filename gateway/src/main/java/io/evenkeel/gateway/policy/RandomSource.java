package io.evenkeel.gateway.policy;

/// Where policies take chance from; a seeded one makes a run repeatable.
@FunctionalInterface
public interface RandomSource {
  /// A number from 0 up to, not including, the bound.
  int below(int bound);
}
