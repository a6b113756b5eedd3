package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import java.time.Duration;
import java.util.Optional;

/// What a service made of a message. The texts are what the service said, for people to read.
public sealed interface Delivery {
  /// It took it.
  ///
  /// @param thread what later messages about the same incident answer to, in the service's words;
  ///   empty when there is nothing such
  record Accepted(String answer, String thread) implements Delivery {
    Accepted(String answer) {
      this(answer, "");
    }

    /// The same with something that went wrong beside it, which may be empty.
    Accepted and(String trouble) {
      return trouble.isEmpty() ? this : new Accepted(answer + "; " + trouble, thread);
    }
  }

  /// It never will: trying again is no use.
  record Refused(String answer) implements Delivery {}

  /// Not now.
  ///
  /// @param after how long it asks to wait, when it does
  record NotNow(String answer, Optional<Duration> after) implements Delivery {
    static NotNow of(String answer) {
      return new NotNow(answer, Optional.empty());
    }
  }

  /// What was said.
  String answer();

  /// An answer in the words of the service, for people: see [ServiceWords].
  static String shown(HttpAnswer answer) {
    return ServiceWords.of(answer);
  }

  /// An answer by its status alone: 2xx is taken, 408, 425, 429 and 5xx may be tried again, the
  /// rest is final.
  static Delivery byStatus(HttpAnswer answer) {
    int status = answer.status();
    if (status >= 200 && status < 300) {
      return new Accepted(shown(answer));
    }
    return status == 408 || status == 425 || status == 429 || status >= 500
        ? new NotNow(shown(answer), answer.retryAfter())
        : new Refused(shown(answer));
  }
}
