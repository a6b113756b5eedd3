package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Outcome;
import io.evenkeel.model.Text;

/// The HTTP side of an [Outcome]: its result, or the error that its refusal is.
final class Outcomes {
  private Outcomes() {}

  /// The result.
  ///
  /// @throws ApiException for a refusal
  static <T> T resultOf(Outcome<T> outcome) {
    return switch (outcome) {
      case Outcome.Done<T>(T result) -> result;
      case Outcome.Refused<T> refused -> throw error(refused);
    };
  }

  private static ApiException error(Outcome.Refused<?> refused) {
    Text message = refused.message();
    return switch (refused.reason()) {
      case INVALID ->
          refused.field() == null
              ? ApiException.badRequest(message)
              : ApiException.badField(refused.field(), message);
      case UNAUTHENTICATED -> ApiException.unauthenticated(message);
      case FORBIDDEN -> ApiException.forbidden(message);
      case NOT_FOUND -> ApiException.notFound(message);
      case CONFLICT -> ApiException.conflict(message);
      case TOO_MANY -> ApiException.tooMany(message, refused.retryAfter().toSeconds() + 1);
    };
  }
}
