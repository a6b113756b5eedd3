package io.evenkeel.agent.probe;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Echo requests (RFC 792, RFC 4443) by the C library's sockets, which Java has none of.
///
/// First by a ping socket (`SOCK_DGRAM`, icmp(7)), for which the kernel asks that the process's
/// group stands in `net.ipv4.ping_group_range`; else by a raw socket, which needs CAP_NET_RAW. The
/// payload holds 16 random bytes, by which the reply is known: a raw socket sees the replies to
/// everybody. Structures and numbers are those of Linux. Blocks its thread; thread-safe.
final class EchoSocket {
  static final boolean IS_OFFERED =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int IPPROTO_ICMP = 1;
  private static final int IPPROTO_ICMPV6 = 58;
  private static final short POLLIN = 1;
  private static final int EPERM = 1;
  private static final int EINTR = 4;
  private static final int EACCES = 13;
  private static final int ENETUNREACH = 101;
  private static final int EHOSTUNREACH = 113;
  private static final int HEADER_BYTES = 8;
  private static final int COOKIE_BYTES = 16;
  private static final int PACKET_BYTES = 1_500;

  private EchoSocket() {}

  /// What came of a request.
  sealed interface Echo {
    /// @param setupSeconds until it was sent
    /// @param roundTripSeconds from then to the reply
    record Reply(double setupSeconds, double roundTripSeconds) implements Echo {}

    /// Nothing came in time.
    record Silence() implements Echo {}

    /// This process may open no such socket.
    record NoRight() implements Echo {}

    /// No route leads there, or a router said that the host does not answer.
    record NoWay() implements Echo {}

    /// A call failed in another way.
    record Failure(String call, int errno) implements Echo {}
  }

  /// Asks a host and waits up to a time.
  static Echo ask(InetAddress host, int timeoutMillis) {
    try (Arena arena = Arena.ofConfined()) {
      return new Request(arena, host, System.nanoTime() + timeoutMillis * 1_000_000L).run();
    }
  }

  /// One request. Used by one thread.
  private static final class Request {
    private final MemorySegment errno;
    private final MemorySegment buffer;
    private final Arena arena;
    private final byte[] address;
    private final boolean v4;
    private final long begun = System.nanoTime();
    private final long end;
    private final byte[] cookie = new byte[COOKIE_BYTES];
    private boolean raw;

    Request(Arena arena, InetAddress host, long end) {
      this.arena = arena;
      this.errno = arena.allocate(Calls.STATE);
      this.buffer = arena.allocate(PACKET_BYTES, 8);
      this.address = host.getAddress();
      this.v4 = host instanceof Inet4Address;
      this.end = end;
      ThreadLocalRandom.current().nextBytes(cookie);
    }

    Echo run() {
      int socket = open(SOCK_DGRAM);
      if (socket < 0 && isForbidden()) {
        raw = true;
        socket = open(SOCK_RAW);
      }
      if (socket < 0) {
        return isForbidden() ? new Echo.NoRight() : failure("socket");
      }
      try {
        return ask(socket);
      } finally {
        var unused = Calls.close(socket);
      }
    }

    private int open(int type) {
      return Calls.socket(
          errno, v4 ? AF_INET : AF_INET6, type | SOCK_CLOEXEC, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
    }

    private boolean isForbidden() {
      return Calls.errno(errno) == EPERM || Calls.errno(errno) == EACCES;
    }

    private Echo failure(String call) {
      int number = Calls.errno(errno);
      return number == ENETUNREACH || number == EHOSTUNREACH
          ? new Echo.NoWay()
          : new Echo.Failure(call, number);
    }

    private Echo ask(int socket) {
      byte[] to = socketAddress();
      MemorySegment.copy(to, 0, buffer, ValueLayout.JAVA_BYTE, 0, to.length);
      if (Calls.connect(errno, socket, buffer, to.length) < 0) {
        return failure("connect");
      }
      byte[] request = request();
      MemorySegment.copy(request, 0, buffer, ValueLayout.JAVA_BYTE, 0, request.length);
      long sent = System.nanoTime();
      if (Calls.send(errno, socket, buffer, request.length) < 0) {
        return failure("send");
      }
      MemorySegment poll = arena.allocate(8, 4);
      while (true) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return new Echo.Silence();
        }
        poll.set(ValueLayout.JAVA_INT, 0, socket);
        poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
        poll.set(ValueLayout.JAVA_SHORT, 6, (short) 0);
        int ready = Calls.poll(errno, poll, Math.toIntExact(left));
        if (ready < 0 && Calls.errno(errno) != EINTR) {
          return failure("poll");
        }
        if (ready > 0) {
          long length = Calls.receive(errno, socket, buffer, PACKET_BYTES);
          long now = System.nanoTime();
          if (length < 0) {
            return failure("recv");
          }
          if (isReply(Math.toIntExact(length))) {
            return new Echo.Reply((sent - begun) / 1e9, (now - sent) / 1e9);
          }
        }
      }
    }

    /// struct sockaddr_in and sockaddr_in6.
    private byte[] socketAddress() {
      ByteBuffer bytes = ByteBuffer.allocate(v4 ? 16 : 28).order(java.nio.ByteOrder.nativeOrder());
      bytes.putShort((short) (v4 ? AF_INET : AF_INET6)).putShort((short) 0);
      if (!v4) {
        bytes.putInt(0);
      }
      return bytes.put(address).array();
    }

    /// The kernel sets the checksum, and for ping sockets the identifier, but for raw IPv4 nothing.
    private byte[] request() {
      ByteBuffer packet = ByteBuffer.allocate(HEADER_BYTES + COOKIE_BYTES);
      packet.put((byte) (v4 ? 8 : 128)).put((byte) 0).putShort((short) 0);
      packet.putShort((short) ThreadLocalRandom.current().nextInt()).putShort((short) 1);
      packet.put(cookie);
      packet.putShort(2, checksum(packet.array()));
      return packet.array();
    }

    /// RFC 1071.
    private static short checksum(byte[] bytes) {
      int sum = 0;
      for (int i = 0; i < bytes.length; i += 2) {
        sum += (bytes[i] & 0xFF) << 8 | bytes[i + 1] & 0xFF;
      }
      sum = (sum & 0xFFFF) + (sum >>> 16);
      sum += sum >>> 16;
      return (short) ~sum;
    }

    private boolean isReply(int length) {
      byte[] packet = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      int at = raw && v4 && length > 0 ? (packet[0] & 0x0F) * 4 : 0;
      int payload = at + HEADER_BYTES;
      return length >= payload + COOKIE_BYTES
          && (packet[at] & 0xFF) == (v4 ? 0 : 129)
          && Arrays.equals(packet, payload, payload + COOKIE_BYTES, cookie, 0, COOKIE_BYTES);
    }
  }

  /// The calls, looked up when the first request is made.
  private static final class Calls {
    private static final Linker LINKER = Linker.nativeLinker();
    static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
        STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MethodHandle SOCKET =
        handle("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle CONNECT =
        handle("connect", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, INT));
    private static final MethodHandle SEND =
        handle("send", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT));
    private static final MethodHandle RECV =
        handle("recv", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT));
    private static final MethodHandle POLL =
        handle("poll", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, LONG, INT));
    private static final MethodHandle CLOSE =
        LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(INT, INT));

    private static MethodHandle handle(String function, FunctionDescriptor descriptor) {
      return LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow(function),
          descriptor,
          Linker.Option.captureCallState("errno"));
    }

    static int errno(MemorySegment state) {
      return (int) ERRNO.get(state, 0L);
    }

    static int socket(MemorySegment state, int family, int type, int protocol) {
      try {
        return (int) SOCKET.invokeExact(state, family, type, protocol);
      } catch (Throwable e) {
        throw broken(e);
      }
    }

    static int connect(MemorySegment state, int socket, MemorySegment address, int length) {
      try {
        return (int) CONNECT.invokeExact(state, socket, address, length);
      } catch (Throwable e) {
        throw broken(e);
      }
    }

    static long send(MemorySegment state, int socket, MemorySegment packet, long length) {
      try {
        return (long) SEND.invokeExact(state, socket, packet, length, 0);
      } catch (Throwable e) {
        throw broken(e);
      }
    }

    static long receive(MemorySegment state, int socket, MemorySegment buffer, long length) {
      try {
        return (long) RECV.invokeExact(state, socket, buffer, length, 0);
      } catch (Throwable e) {
        throw broken(e);
      }
    }

    static int poll(MemorySegment state, MemorySegment poll, int millis) {
      try {
        return (int) POLL.invokeExact(state, poll, 1L, millis);
      } catch (Throwable e) {
        throw broken(e);
      }
    }

    static int close(int socket) {
      try {
        return (int) CLOSE.invokeExact(socket);
      } catch (Throwable e) {
        throw broken(e);
      }
    }

    private static IllegalStateException broken(@Nullable Throwable e) {
      return new IllegalStateException("a call of the C library failed", e);
    }
  }
}
