package io.evenkeel.gateway.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.TimeUnit;

/// The event loops and the sockets that fit them: epoll where there is epoll, else the JDK's
/// selector.
///
/// @param workers serve connections
/// @param server the class of listening sockets
/// @param socket the class of connections
/// @param epoll whether it is epoll, whose listeners can share a port
public record Transport(
    EventLoopGroup workers,
    Class<? extends ServerChannel> server,
    Class<? extends Channel> socket,
    boolean epoll) {
  /// Starts event loops.
  ///
  /// @param count how many; 0 means one for each processor
  public static Transport start(int count) {
    int loops = count > 0 ? count : Math.max(1, Runtime.getRuntime().availableProcessors());
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new Transport(
        new MultiThreadIoEventLoopGroup(loops, io),
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class,
        epoll ? EpollSocketChannel.class : NioSocketChannel.class,
        epoll);
  }

  /// Stops the loops; what is still open is closed.
  public void stop() {
    workers.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
