package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.security.Caller;
import io.evenkeel.hub.security.Doorkeeper;
import io.evenkeel.hub.security.Doorkeeper.Recognition;
import io.evenkeel.hub.security.Gate;
import io.evenkeel.hub.security.Scope;
import io.evenkeel.hub.security.Secret;
import io.evenkeel.model.Text;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
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
  private static final Text LOG_IN_FIRST =
      Text.of("Log in first, or send an API token.", "请先登录，或发送 API 令牌。");
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
      case LOGIN_NEEDED -> throw ApiException.unauthenticated(LOG_IN_FIRST);
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
          throw ApiException.unauthenticated(
              Text.of("This API token is unknown, revoked or expired.", "此 API 令牌不存在、已撤销或已过期。"));
      case Recognition.NotYet() ->
          throw ApiException.forbidden(
              Text.of(
                  "Evenkeel is not set up yet: until then only this machine gets in, by http://127.0.0.1 or"
                      + " 'ssh -L'. Open the one-time link that was printed at the start.",
                  "Evenkeel 尚未完成设置：在此之前只有本机可以访问，可用 http://127.0.0.1 或 ssh -L。请打开启动时打印的一次性链接。"));
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
          Text.of(
              "The Authorization header takes 'Bearer ek_…', an API token of this hub.",
              "Authorization 请求头的格式为“Bearer ek_…”，即本中心的 API 令牌。"));
    }
    return new Secret(authorization.substring(BEARER.length()).strip());
  }

  private static Text reason(Access access, Caller caller) {
    return switch (caller) {
      case Caller.SetupVisitor() ->
          Text.of(
              "Set the administrator's password first, by the one-time link that was printed at the start.",
              "请先通过启动时打印的一次性链接设置管理员密码。");
      case Caller.Program program when program.scope() == Scope.INGEST ->
          Text.of("A token of scope ingest only delivers samples.", "“写入”范围的令牌只能发送样本。");
      case Caller.Program program when program.scope() == Scope.GATEWAY ->
          Text.of(
              "A token of scope gateway only lets a gateway report and be steered.",
              "“网关”范围的令牌只能供网关上报并接受调度。");
      case Caller.Program program ->
          access == Access.ACCOUNT
              ? Text.of("This belongs to a person's account; a token has none.", "这属于个人账号，令牌没有账号。")
              : needs(access);
      case Caller.Person person -> needs(access);
      case Caller.Anonymous anonymous -> LOG_IN_FIRST;
    };
  }

  private static Text needs(Access access) {
    return switch (access) {
      case INGEST ->
          Text.of("Delivering samples takes a token of scope ingest.", "发送样本需要“写入”范围的令牌。");
      case GATEWAY -> Text.of("Gateways report with a token of scope gateway.", "网关须用“网关”范围的令牌上报。");
      case OPEN, PUBLIC, VIEWER -> Text.of("This needs the role viewer.", "此操作需要查看者角色。");
      case ACCOUNT -> Text.of("This needs an account.", "此操作需要个人账号。");
      case OPERATOR -> Text.of("This needs the role operator.", "此操作需要操作员角色。");
      case ADMIN -> Text.of("This needs the role admin.", "此操作需要管理员角色。");
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
          Text.of(
              "This request comes from another site's page. If this is the hub's own address, name it as publicUrl.",
              "此请求来自其他网站的页面。若这就是中心自己的地址，请将其设为 publicUrl。"));
    }
    if (caller instanceof Caller.Person person && !route.readsOnly()) {
      String sent = request.headers().contains(CSRF) ? request.headers().get(CSRF).get() : "";
      if (!Secret.same(sent, person.csrf())) {
        throw ApiException.forbidden(
            Text.of(
                "The X-CSRF-Token header is missing or out of date; load the page again.",
                "X-CSRF-Token 请求头缺失或已失效，请重新加载页面。"));
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
