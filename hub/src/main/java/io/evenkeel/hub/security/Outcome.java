package io.evenkeel.hub.security;

import io.evenkeel.model.Text;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What came of something a person asked for: done with a result, or refused with a reason they can
/// act on.
public sealed interface Outcome<T> {
  /// It was done.
  record Done<T>(T result) implements Outcome<T> {}

  /// It was not done, and nothing was changed.
  ///
  /// @param field the input at fault, when it is one
  /// @param retryAfter how long to wait, for [Reason#TOO_MANY]
  record Refused<T>(Reason reason, Text message, @Nullable String field, Duration retryAfter)
      implements Outcome<T> {
    /// The same refusal where another result was hoped for.
    public <R> Outcome<R> again() {
      return new Refused<>(reason, message, field, retryAfter);
    }
  }

  /// The same outcome with another result.
  default <R> Outcome<R> map(Function<T, R> change) {
    return switch (this) {
      case Done<T>(T result) -> new Done<>(change.apply(result));
      case Refused<T> refused -> refused.again();
    };
  }

  /// Kinds of refusal.
  enum Reason {
    INVALID,
    FORBIDDEN,
    UNAUTHENTICATED,
    NOT_FOUND,
    CONFLICT,
    TOO_MANY
  }

  static <T> Outcome<T> done(T result) {
    return new Done<>(result);
  }

  static <T> Outcome<T> refused(Reason reason, Text message) {
    return new Refused<>(reason, message, null, Duration.ZERO);
  }

  static <T> Outcome<T> invalid(String field, Text message) {
    return new Refused<>(Reason.INVALID, message, field, Duration.ZERO);
  }

  static <T> Outcome<T> tooMany(Text message, Duration retryAfter) {
    return new Refused<>(Reason.TOO_MANY, message, null, retryAfter);
  }
}
