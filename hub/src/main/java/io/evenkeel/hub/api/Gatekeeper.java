package io.evenkeel.hub.api;

import io.evenkeel.hub.security.AccountStore;
import io.evenkeel.hub.security.Caller;
import io.evenkeel.hub.security.Secrets;
import io.evenkeel.hub.security.SessionStore;
import io.evenkeel.hub.security.TokenStore;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds out who a request comes from, and refuses what browsers may be tricked into.
///
/// Before an account exists only a peer on this machine gets in that names the hub by a loopback
/// name and brings no forwarding header: neither a reverse proxy's guest nor a rebound DNS name.
final class Gatekeeper {
  private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final List<HeaderName> FORWARDING =
      List.of(
          HeaderNames.create("Forwarded"),
          HeaderNames.create("X-Forwarded-For"),
          HeaderNames.create("X-Forwarded-Host"),
          HeaderNames.create("X-Forwarded-Proto"),
          HeaderNames.create("X-Real-IP"),
          HeaderNames.create("Via"));
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  private static final HeaderName CSRF = HeaderNames.create("X-CSRF-Token");

  private final AccountStore accounts;
  private final SessionStore sessions;
  private final TokenStore tokens;
  private volatile boolean claimed;

  Gatekeeper(AccountStore accounts, SessionStore sessions, TokenStore tokens) {
    this.accounts = accounts;
    this.sessions = sessions;
    this.tokens = tokens;
  }

  /// Whether an account exists.
  boolean claimed() {
    // Once there is an account there is always one: the last administrator cannot be removed.
    if (!claimed) {
      claimed = !accounts.isEmpty();
    }
    return claimed;
  }

  /// Who a request comes from.
  ///
  /// @throws ApiException when it brings a token or a session's changing request that is not in
  ///   order
  Caller identify(ServerRequest request) {
    ServerRequestHeaders headers = request.headers();
    if (headers.contains(HeaderNames.AUTHORIZATION)) {
      return program(headers.get(HeaderNames.AUTHORIZATION).get());
    }
    if (!claimed()) {
      if (!fromThisMachine(request)) {
        throw ApiException.forbidden(
            "Evenkeel is not set up yet: until then only this machine gets in. Open the one-time link that was printed at the start.");
      }
      return new Caller.Unclaimed();
    }
    Optional<String> id = cookie(request);
    Optional<SessionStore.Session> session = id.flatMap(sessions::find);
    if (session.isEmpty()) {
      return new Caller.Anonymous();
    }
    checkOrigin(request, session.get().csrf());
    return new Caller.User(
        session.get().account(), session.get().role(), id.orElseThrow(), session.get().csrf());
  }

  private Caller program(String authorization) {
    if (!authorization.startsWith("Bearer " + TokenStore.PREFIX)) {
      throw ApiException.unauthenticated(
          "The Authorization header takes 'Bearer ek_…', an API token of this hub.");
    }
    return tokens
        .find(authorization.substring("Bearer ".length()))
        .<Caller>map(Caller.Program::new)
        .orElseThrow(
            () -> ApiException.unauthenticated("This API token is unknown, revoked or expired."));
  }

  /// The cookie's name: over TLS with the prefix that binds it to this host.
  static String cookieName(boolean secure) {
    return secure ? "__Host-evenkeel_session" : "evenkeel_session";
  }

  private static Optional<String> cookie(ServerRequest request) {
    return request.headers().cookies().first(cookieName(request.isSecure())).asOptional();
  }

  private static void checkOrigin(ServerRequest request, String csrf) {
    if (SAFE.contains(request.prologue().method().text())) {
      return;
    }
    if (request.headers().contains(HeaderNames.ORIGIN)
        && !sameHost(request.headers().get(HeaderNames.ORIGIN).get(), request.authority())) {
      throw ApiException.forbidden("This request comes from another site's page.");
    }
    String sent = request.headers().contains(CSRF) ? request.headers().get(CSRF).get() : "";
    if (!Secrets.same(sent, csrf)) {
      throw ApiException.forbidden(
          "The X-CSRF-Token header is missing or out of date; load the page again.");
    }
  }

  private static boolean sameHost(String origin, String authority) {
    try {
      return authority.equalsIgnoreCase(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean fromThisMachine(ServerRequest request) {
    boolean loopback =
        request.remotePeer().address() instanceof InetSocketAddress peer
            && peer.getAddress().isLoopbackAddress();
    String authority = request.authority();
    int port = authority.lastIndexOf(':');
    String host = port > authority.lastIndexOf(']') ? authority.substring(0, port) : authority;
    // A page of another site may still send simple requests here; its Origin gives it away.
    boolean foreign =
        request.headers().contains(HeaderNames.ORIGIN)
            && !sameHost(request.headers().get(HeaderNames.ORIGIN).get(), authority);
    return loopback
        && !foreign
        && LOOPBACK_NAMES.contains(host)
        && FORWARDING.stream().noneMatch(request.headers()::contains);
  }
}
