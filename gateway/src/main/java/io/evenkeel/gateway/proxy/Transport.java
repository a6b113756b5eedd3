package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.EventIo;
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
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.ResourceLeakDetector;
import java.util.concurrent.TimeUnit;

/// The event loops and the sockets that fit them.
///
/// @param workers serve connections
/// @param server the class of listening sockets
/// @param socket the class of connections
/// @param io what it stands on, never AUTO
public record Transport(
    EventLoopGroup workers,
    Class<? extends ServerChannel> server,
    Class<? extends Channel> socket,
    EventIo io) {
  /// Submissions that wait for one system call: both sides of a few hundred requests.
  private static final int RING = 1024;

  static {
    // Each 128th buffer would be followed with stack traces of a deep pipeline, in every request.
    // The tests run with `paranoid`; a running gateway does when the property says so.
    if (System.getProperty("io.netty.leakDetection.level") == null) {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
  }

  /// Starts event loops.
  ///
  /// @param wanted what is wanted; when this machine lacks it the next best is taken
  /// @param count how many; 0 means one for each processor
  public static Transport start(EventIo wanted, int count) {
    int loops = count > 0 ? count : Math.max(1, Runtime.getRuntime().availableProcessors());
    return switch (offered(wanted)) {
      case IO_URING ->
          new Transport(
              group(
                  loops,
                  IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setRingSize(RING))),
              IoUringServerSocketChannel.class,
              IoUringSocketChannel.class,
              EventIo.IO_URING);
      case EPOLL ->
          new Transport(
              group(loops, EpollIoHandler.newFactory()),
              EpollServerSocketChannel.class,
              EpollSocketChannel.class,
              EventIo.EPOLL);
      case NIO, AUTO ->
          new Transport(
              group(loops, NioIoHandler.newFactory()),
              NioServerSocketChannel.class,
              NioSocketChannel.class,
              EventIo.NIO);
    };
  }

  private static EventIo offered(EventIo wanted) {
    return switch (wanted) {
      case AUTO, IO_URING -> IoUring.isAvailable() ? EventIo.IO_URING : offered(EventIo.EPOLL);
      case EPOLL -> Epoll.isAvailable() ? EventIo.EPOLL : EventIo.NIO;
      case NIO -> EventIo.NIO;
    };
  }

  private static EventLoopGroup group(int loops, IoHandlerFactory io) {
    return new MultiThreadIoEventLoopGroup(loops, io);
  }

  /// Stops the loops; what is still open is closed.
  public void stop() {
    workers.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
