import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import java.io.File;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// The least that a proxy of HTTP on Netty can do: its codecs, a pool of connections for each loop,
/// round robin, nothing else: no checks, no time-outs, no statistics, no back-pressure. What it
/// serves is what Netty leaves to a gateway. Only for `bench/gateway.mjs`; must face no network.
///
/// usage: java -cp 'lib/*' PlainProxy.java CLEAR_PORT TLS_PORT CERTIFICATE KEY BACKEND_PORT…
final class PlainProxy {
  private static final boolean URING = IoUring.isAvailable();
  private final List<InetSocketAddress> backends = new ArrayList<>();
  private final Map<EventLoop, ArrayDeque<Channel>[]> idle = new IdentityHashMap<>();

  public static void main(String[] args) throws Exception {
    PlainProxy proxy = new PlainProxy();
    for (int i = 4; i < args.length; i++) {
      proxy.backends.add(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[i])));
    }
    SslContext tls =
        SslContextBuilder.forServer(new File(args[2]), new File(args[3]))
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1))
            .build();
    IoHandlerFactory io = URING ? IoUringIoHandler.newFactory(1024) : EpollIoHandler.newFactory();
    var loops = new MultiThreadIoEventLoopGroup(2, io);
    loops.forEach(loop -> proxy.idle.put((EventLoop) loop, proxy.none()));
    Class<? extends ServerChannel> server =
        URING ? IoUringServerSocketChannel.class : EpollServerSocketChannel.class;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(server)
            .childOption(ChannelOption.TCP_NODELAY, true);
    bootstrap
        .clone()
        .childHandler(initializer(proxy::http1))
        .bind("127.0.0.1", Integer.parseInt(args[0]))
        .sync();
    bootstrap
        .clone()
        .childHandler(
            initializer(channel ->
                channel
                    .pipeline()
                    .addLast(tls.newHandler(channel.alloc()), proxy.new Negotiation())))
        .bind("127.0.0.1", Integer.parseInt(args[1]))
        .sync();
  }

  private ArrayDeque<Channel>[] none() {
    @SuppressWarnings({"unchecked", "rawtypes"})
    ArrayDeque<Channel>[] queues = new ArrayDeque[backends.size()];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = new ArrayDeque<>();
    }
    return queues;
  }

  private interface Setup {
    void of(Channel channel);
  }

  private static ChannelInitializer<Channel> initializer(Setup setup) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        setup.of(channel);
      }
    };
  }

  private void http1(Channel channel) {
    channel.pipeline().addLast(new HttpServerCodec(), new Front());
  }

  private final class Negotiation extends ApplicationProtocolNegotiationHandler {
    Negotiation() {
      super(ApplicationProtocolNames.HTTP_1_1);
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
      if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
        ctx.pipeline()
            .addLast(
                new FlushConsolidationHandler(256, true),
                Http2FrameCodecBuilder.forServer().build(),
                new Http2MultiplexHandler(
                    initializer(stream ->
                        stream
                            .pipeline()
                            .addLast(new Http2StreamFrameToHttpObjectCodec(true), new Front()))));
      } else {
        http1(ctx.channel());
      }
    }
  }

  /// The client's side: a request at a time.
  private final class Front extends ChannelInboundHandlerAdapter {
    private final List<HttpObject> waiting = new ArrayList<>();
    private int turn;
    private Channel backend;
    private int chosen;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      HttpObject object = (HttpObject) message;
      if (message instanceof HttpRequest request) {
        HttpHeaders headers = request.headers();
        headers.remove("x-http2-stream-id").remove("x-http2-scheme").remove("x-http2-stream-weight");
        headers.set("x-forwarded-for", "127.0.0.1").set("x-forwarded-proto", "http");
        headers.set("x-forwarded-host", headers.get("host"));
        headers.set("forwarded", "for=127.0.0.1;host=" + headers.get("host"));
        if (message instanceof HttpContent) {
          object =
              new DefaultHttpRequest(
                  HttpVersion.HTTP_1_1, request.method(), request.uri(), headers);
        }
        chosen = (turn++ + System.identityHashCode(ctx.channel())) % backends.size();
        Channel kept = queue(ctx, chosen).pollLast();
        if (kept == null) {
          connect(ctx);
        } else {
          backend = kept;
          kept.pipeline().get(Back.class).client = this;
          kept.pipeline().get(Back.class).ctx = ctx;
        }
        send(object);
        if (message instanceof HttpContent content) {
          content.release();
          send(LastHttpContent.EMPTY_LAST_CONTENT);
        }
      } else {
        send(object);
      }
    }

    private ArrayDeque<Channel> queue(ChannelHandlerContext ctx, int of) {
      return idle.get(ctx.channel().eventLoop())[of];
    }

    private void send(HttpObject object) {
      if (backend == null) {
        waiting.add(object);
      } else {
        backend.write(object, backend.voidPromise());
        if (object instanceof LastHttpContent) {
          backend.flush();
        }
      }
    }

    private void connect(ChannelHandlerContext ctx) {
      new Bootstrap()
          .group(ctx.channel().eventLoop())
          .channel(URING ? IoUringSocketChannel.class : EpollSocketChannel.class)
          .option(ChannelOption.TCP_NODELAY, true)
          .handler(
              initializer(channel -> channel.pipeline().addLast(new HttpClientCodec(), new Back())))
          .connect(backends.get(chosen))
          .addListener((ChannelFuture done) -> {
            if (!done.isSuccess()) {
              ctx.close();
              return;
            }
            backend = done.channel();
            Back back = backend.pipeline().get(Back.class);
            back.client = this;
            back.ctx = ctx;
            waiting.forEach(this::send);
            waiting.clear();
          });
    }

    private void done(ChannelHandlerContext ctx) {
      queue(ctx, chosen).addLast(backend);
      backend = null;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /// The backend's side.
  private static final class Back extends ChannelInboundHandlerAdapter {
    private Front client;
    private ChannelHandlerContext ctx;
    private ChannelHandlerContext toFlush;

    @Override
    public void channelRead(ChannelHandlerContext own, Object message) {
      Front to = client;
      if (to == null) {
        ReferenceCountUtil.release(message);
        return;
      }
      toFlush = ctx;
      ctx.write(message);
      if (message instanceof LastHttpContent) {
        client = null;
        to.done(ctx);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext own) {
      if (toFlush != null) {
        toFlush.flush();
        toFlush = null;
      }
    }
  }
}
