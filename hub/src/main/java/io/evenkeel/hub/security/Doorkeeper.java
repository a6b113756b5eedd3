package io.evenkeel.hub.security;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Recognises who is behind a request.
///
/// Before set-up the hub talks only to its own machine: a loopback peer that asked for a local name
/// (another name means DNS rebinding) and brings no forwarding header (one means a proxy that lends
/// its own loopback address to strangers). From the first account on, a session or token is needed
/// everywhere, on loopback too. Safe for use by many threads.
public final class Doorkeeper {
  private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Accounts accounts;
  private final ApiTokens tokens;

  public Doorkeeper(Accounts accounts, ApiTokens tokens) {
    this.accounts = accounts;
    this.tokens = tokens;
  }

  /// What a request shows about its sender.
  ///
  /// @param peer the other end of the connection
  /// @param host the `Host` header or `:authority`, with its port
  /// @param forwarded whether any forwarding header is there
  /// @param session the cookie's text
  /// @param token the text behind `Authorization: Bearer`
  public record Visit(
      InetAddress peer,
      String host,
      boolean forwarded,
      @Nullable Secret session,
      @Nullable Secret token) {}

  /// What the doorkeeper made of a visit.
  public sealed interface Recognition {
    /// Somebody the hub talks to.
    record Known(Caller caller) implements Recognition {}

    /// A token that is unknown, revoked or expired.
    record BadToken() implements Recognition {}

    /// A stranger before set-up.
    record NotYet() implements Recognition {}
  }

  /// Recognises the sender of a request.
  public Recognition recognise(Visit visit) {
    if (!fromThisMachine(visit) && !accounts.exist()) {
      return new Recognition.NotYet();
    }
    if (visit.token() != null) {
      return tokens
          .recognise(visit.token())
          .<Recognition>map(Recognition.Known::new)
          .orElseGet(Recognition.BadToken::new);
    }
    if (visit.session() != null) {
      Optional<Caller.Person> person = accounts.recognise(visit.session());
      if (person.isPresent()) {
        return new Recognition.Known(person.get());
      }
    }
    return new Recognition.Known(
        accounts.exist() ? new Caller.Anonymous() : new Caller.SetupVisitor());
  }

  private static boolean fromThisMachine(Visit visit) {
    return visit.peer().isLoopbackAddress()
        && !visit.forwarded()
        && LOCAL_NAMES.contains(nameOf(visit.host()).toLowerCase(Locale.ROOT));
  }

  /// The name without the port; an IPv6 address keeps its brackets.
  private static String nameOf(String host) {
    int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
    return end <= 0 ? host : host.substring(0, end);
  }
}
