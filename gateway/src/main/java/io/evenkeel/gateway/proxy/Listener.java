package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.ListenerConfig;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// An open port of a gateway.
public final class Listener {
  private final ListenerConfig config;
  private final @Nullable TlsCertificates certificates;
  private final Channel channel;

  private Listener(ListenerConfig config, @Nullable TlsCertificates certificates, Channel channel) {
    this.config = config;
    this.certificates = certificates;
    this.channel = channel;
  }

  /// Opens a port.
  ///
  /// @param certificates nothing for clear text
  /// @throws IOException when it cannot be opened
  public static Listener open(
      Core core, ListenerConfig config, @Nullable TlsCertificates certificates) throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(core.transport().workers())
            .channel(core.transport().server())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(64 * 1024, 256 * 1024))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    new FrontConnection(
                            core, config, certificates, core.loop(channel.eventLoop()), channel)
                        .start();
                  }
                });
    var bound = bootstrap.bind(config.address()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on "
              + config.address().getHostString()
              + ":"
              + config.address().getPort()
              + ": "
              + bound.cause().getMessage(),
          bound.cause());
    }
    return new Listener(config, certificates, bound.channel());
  }

  public ListenerConfig config() {
    return config;
  }

  /// The certificates; nothing for clear text.
  public @Nullable TlsCertificates certificates() {
    return certificates;
  }

  /// The address that it listens on, with the port that was chosen when 0 was asked for.
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /// Accepts no more connections; those that are open live on.
  public void close() {
    channel.close().awaitUninterruptibly();
  }
}
