package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.security.Caller;
import io.evenkeel.hub.security.Doorkeeper;
import io.evenkeel.hub.security.Doorkeeper.Recognition;
import io.evenkeel.hub.security.Gate;
import io.evenkeel.hub.security.Scope;
import io.evenkeel.hub.security.Secret;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Lets a request to its route or refuses it: who sent it, whether that caller may, and whether a
/// browser was tricked into sending it.
final class Gatekeeper {
  private static final List<HeaderName> FORWARDING =
      List.of(
          HeaderNames.create("Forwarded"),
          HeaderNames.create("X-Forwarded-For"),
          HeaderNames.create("X-Forwarded-Host"),
          HeaderNames.create("X-Forwarded-Proto"),
          HeaderNames.create("X-Real-IP"),
          HeaderNames.create("CF-Connecting-IP"),
          HeaderNames.create("Via"));
  private static final Set<String> SAFE = Set.of("GET", "HEAD");
  private static final HeaderName CSRF = HeaderNames.create("X-CSRF-Token");
  private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
  private static final String BEARER = "Bearer ";

  private final Doorkeeper doorkeeper;
  private final Optional<String> publicUrl;

  /// @param publicUrl the address of the pages when it is not the one the hub sees, as
  ///   `scheme://host[:port]`
  Gatekeeper(Doorkeeper doorkeeper, Optional<String> publicUrl) {
    this.doorkeeper = doorkeeper;
    this.publicUrl = publicUrl;
  }

  /// The caller of a request that may go to its route.
  ///
  /// @throws ApiException when it may not
  Caller admit(ServerRequest request, Route route) {
    if (route.access() == Access.OPEN) {
      return new Caller.Anonymous();
    }
    Caller caller = recognise(request);
    switch (Gate.of(route.access(), caller)) {
      case OPEN -> {}
      case LOGIN_NEEDED ->
          throw ApiException.unauthenticated("Log in first, or send an API token.");
      case FORBIDDEN -> throw ApiException.forbidden(reason(route.access(), caller));
    }
    if (!SAFE.contains(request.prologue().method().text())) {
      checkOrigin(request, route, caller);
    }
    return caller;
  }

  /// Who sent a request.
  ///
  /// @throws ApiException when the hub does not talk to them
  Caller recognise(ServerRequest request) {
    return switch (doorkeeper.recognise(visit(request))) {
      case Recognition.Known(Caller caller) -> caller;
      case Recognition.BadToken() ->
          throw ApiException.unauthenticated("This API token is unknown, revoked or expired.");
      case Recognition.NotYet() ->
          throw ApiException.forbidden(
              "Evenkeel is not set up yet: until then only this machine gets in, by http://127.0.0.1 or"
                  + " 'ssh -L'. Open the one-time link that was printed at the start.");
    };
  }

  /// The session cookie's name: over TLS with the prefix that binds it to this host.
  static String cookieName(boolean secure) {
    return secure ? "__Host-evenkeel_session" : "evenkeel_session";
  }

  private static Doorkeeper.Visit visit(ServerRequest request) {
    if (!(request.remotePeer().address() instanceof InetSocketAddress peer)) {
      throw new IllegalStateException("the hub listens on TCP only");
    }
    return new Doorkeeper.Visit(
        peer.getAddress(),
        request.authority(),
        FORWARDING.stream().anyMatch(request.headers()::contains),
        session(request),
        token(request));
  }

  private static @Nullable Secret session(ServerRequest request) {
    return request
        .headers()
        .cookies()
        .first(cookieName(request.isSecure()))
        .asOptional()
        .map(Secret::new)
        .orElse(null);
  }

  private static @Nullable Secret token(ServerRequest request) {
    if (!request.headers().contains(HeaderNames.AUTHORIZATION)) {
      return null;
    }
    String authorization = request.headers().get(HeaderNames.AUTHORIZATION).get();
    if (!authorization.startsWith(BEARER)) {
      throw ApiException.unauthenticated(
          "The Authorization header takes 'Bearer ek_…', an API token of this hub.");
    }
    return new Secret(authorization.substring(BEARER.length()).strip());
  }

  private static String reason(Access access, Caller caller) {
    return switch (caller) {
      case Caller.SetupVisitor() ->
          "Set the administrator's password first, by the one-time link that was printed at the start.";
      case Caller.Program program when program.scope() == Scope.INGEST ->
          "A token of scope ingest only delivers samples.";
      case Caller.Program program when program.scope() == Scope.GATEWAY ->
          "A token of scope gateway only lets a gateway report and be steered.";
      case Caller.Program program ->
          access == Access.ACCOUNT
              ? "This belongs to a person's account; a token has none."
              : needs(access);
      case Caller.Person person -> needs(access);
      case Caller.Anonymous anonymous -> "Log in first, or send an API token.";
    };
  }

  private static String needs(Access access) {
    return switch (access) {
      case INGEST -> "Delivering samples takes a token of scope ingest.";
      case GATEWAY -> "Gateways report with a token of scope gateway.";
      case OPEN, PUBLIC, VIEWER, ACCOUNT, OPERATOR, ADMIN ->
          "This needs the role " + access.name().toLowerCase(Locale.ROOT) + ".";
    };
  }

  /// A page of another site can make a browser send requests with the hub's cookie, or log somebody
  /// in as somebody else; the browser's own headers and the session's secret text give it away.
  /// Programs with a token bring no cookie and are not asked.
  private void checkOrigin(ServerRequest request, Route route, Caller caller) {
    if (caller instanceof Caller.Program) {
      return;
    }
    boolean foreign =
        request.headers().contains(HeaderNames.ORIGIN)
            ? !isOwn(request.headers().get(HeaderNames.ORIGIN).get(), request)
            : request.headers().contains(FETCH_SITE)
                && !Set.of("same-origin", "none").contains(request.headers().get(FETCH_SITE).get());
    if (foreign) {
      throw ApiException.forbidden(
          "This request comes from another site's page. If this is the hub's own address, name it as publicUrl.");
    }
    if (caller instanceof Caller.Person person && !route.readsOnly()) {
      String sent = request.headers().contains(CSRF) ? request.headers().get(CSRF).get() : "";
      if (!Secret.same(sent, person.csrf())) {
        throw ApiException.forbidden(
            "The X-CSRF-Token header is missing or out of date; load the page again.");
      }
    }
  }

  private boolean isOwn(String origin, ServerRequest request) {
    if (publicUrl.filter(origin::equalsIgnoreCase).isPresent()) {
      return true;
    }
    try {
      URI uri = URI.create(origin);
      return (request.isSecure() ? "https" : "http").equals(uri.getScheme())
          && request.authority().equalsIgnoreCase(uri.getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
