package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.BackendProtocol;
import io.evenkeel.gateway.config.HealthCheck;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.pool.Backend;
import io.evenkeel.gateway.pool.Pool;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.net.ConnectException;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Asks the backends of all pools whether they are well, each in its interval, on a connection of
/// its own: a backend that takes no new connections is not well. One thread calls it.
public final class ActiveChecks {
  private final Transport transport;
  private final BackendTls tls;
  private final Map<Backend, Long> nextAt = new IdentityHashMap<>();

  public ActiveChecks(Transport transport, BackendTls tls) {
    this.transport = transport;
    this.tls = tls;
  }

  /// Starts the checks that are due.
  public void tick(Collection<Pool> pools, long now) {
    nextAt.keySet().removeIf(Backend::isGone);
    for (Pool pool : pools) {
      PoolConfig config = pool.config();
      if (config.health().check().isEmpty()) {
        continue;
      }
      HealthCheck check = config.health().check().get();
      for (Backend backend : pool.members()) {
        Long due = nextAt.get(backend);
        if (due == null || now - due >= 0) {
          nextAt.put(backend, now + check.interval().toNanos());
          start(pool, backend, check, config.protocol());
        }
      }
    }
  }

  private void start(Pool pool, Backend backend, HealthCheck check, BackendProtocol protocol) {
    Probe probe = new Probe(pool, backend, check);
    int millis = Math.toIntExact(check.timeout().toMillis());
    new Bootstrap()
        .group(transport.workers())
        .channel(transport.socket())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis)
        .remoteAddress(backend.address())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HttpClientCodec(), probe);
                if (!(check.kind() instanceof HealthCheck.Kind.Tcp)) {
                  tls.add(channel, protocol, backend, check.timeout());
                }
              }
            })
        .connect()
        .addListener((ChannelFuture future) -> {
          if (!future.isSuccess()) {
            probe.failed(
                future.cause() instanceof ConnectException
                    ? "it cannot be connected to"
                    : String.valueOf(future.cause().getMessage()));
            return;
          }
          Channel channel = future.channel();
          switch (check.kind()) {
            case HealthCheck.Kind.Tcp() -> probe.passed(channel);
            case HealthCheck.Kind.Http(String path) -> {
              if (protocol.http2()) {
                // A backend that speaks only HTTP/2 is asked by connection.
                BackendTls.whenReady(
                    channel,
                    protocol,
                    refused ->
                        refused.ifPresentOrElse(
                            cause -> probe.failed(String.valueOf(cause.getMessage())),
                            () -> probe.passed(channel)));
              } else {
                ask(channel, backend, path);
                var _ =
                    channel
                        .eventLoop()
                        .schedule(() -> probe.late(channel), millis, TimeUnit.MILLISECONDS);
              }
            }
          }
        });
  }

  private static void ask(Channel channel, Backend backend, String path) {
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
    request
        .headers()
        .set(
            HttpHeaderNames.HOST,
            backend.address().getHostString() + ":" + backend.address().getPort())
        .set(HttpHeaderNames.USER_AGENT, "evenkeel-check")
        .set(HttpHeaderNames.CONNECTION, "close");
    var _ = channel.writeAndFlush(request);
  }

  /// One check: it has one result, whatever comes first.
  private static final class Probe extends SimpleChannelInboundHandler<HttpObject> {
    private final Pool pool;
    private final Backend backend;
    private final HealthCheck check;
    private boolean done;

    private Probe(Pool pool, Backend backend, HealthCheck check) {
      this.pool = pool;
      this.backend = backend;
      this.check = check;
    }

    private void result(String failure) {
      if (!done) {
        done = true;
        pool.checked(backend, failure, System.nanoTime());
      }
    }

    private void passed(Channel channel) {
      result("");
      var _ = channel.close();
    }

    private void failed(String why) {
      result(why);
    }

    private void late(Channel channel) {
      result("no answer within " + check.timeout().toMillis() + " ms");
      var _ = channel.close();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
      if (message instanceof HttpResponse response) {
        int status = response.status().code();
        result(status >= 200 && status < 400 ? "" : "it answers " + status);
        var _ = ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      result("it closed the connection without an answer");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      result(String.valueOf(cause.getMessage()));
      var _ = ctx.close();
    }
  }
}
