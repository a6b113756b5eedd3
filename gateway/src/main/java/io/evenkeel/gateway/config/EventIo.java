package io.evenkeel.gateway.config;

/// How event loops learn what their sockets want and move bytes.
public enum EventIo {
  /// The fastest that this machine offers.
  AUTO,
  /// Linux's io_uring: one system call for the work of many sockets.
  IO_URING,
  /// Linux's epoll: one system call for each read and write.
  EPOLL,
  /// The JDK's selector: everywhere.
  NIO
}
