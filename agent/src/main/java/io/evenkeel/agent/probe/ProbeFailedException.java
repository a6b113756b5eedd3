package io.evenkeel.agent.probe;

import io.evenkeel.agent.probe.ProbeFailure.Kind;

/// Ends an attempt from wherever it is; what it carries becomes the attempt's result.
final class ProbeFailedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient ProbeFailure failure;

  ProbeFailedException(Kind kind, String detail) {
    this(kind, detail, null);
  }

  ProbeFailedException(
      Kind kind, String detail, @org.jspecify.annotations.Nullable Throwable cause) {
    super(kind + " " + detail, cause);
    this.failure = new ProbeFailure(kind, detail);
  }

  ProbeFailure failure() {
    return failure;
  }
}
