package io.evenkeel.hub.api;

/// An error in the words and statuses of Prometheus's API.
final class PrometheusProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;

  private PrometheusProblem(int status, String type, String message) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
  }

  /// The request is wrong.
  static PrometheusProblem badData(String message) {
    return new PrometheusProblem(400, "bad_data", message);
  }

  /// The query cannot be evaluated.
  static PrometheusProblem execution(String message) {
    return new PrometheusProblem(422, "execution", message);
  }

  static PrometheusProblem timeout(String message) {
    return new PrometheusProblem(503, "timeout", message);
  }

  static PrometheusProblem canceled(String message) {
    return new PrometheusProblem(503, "canceled", message);
  }

  static PrometheusProblem unavailable(String message) {
    return new PrometheusProblem(503, "unavailable", message);
  }

  static PrometheusProblem internal(String message) {
    return new PrometheusProblem(500, "internal", message);
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }
}
