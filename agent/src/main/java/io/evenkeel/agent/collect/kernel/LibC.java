package io.evenkeel.agent.collect.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/// The few calls of the C library that no kernel file replaces, by the foreign-function API.
/// Structures are laid out as on 64-bit Linux. Thread-safe.
public final class LibC {
  private static final System.Logger LOG = System.getLogger(LibC.class.getName());
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBRARY = LINKER.defaultLookup();
  private static final MethodHandle STATVFS =
      handle(
          "statvfs",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
  private static final MethodHandle ADJTIMEX =
      handle("adjtimex", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  private static final MethodHandle UNAME =
      handle("uname", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  private static final MethodHandle GETPAGESIZE =
      handle("getpagesize", FunctionDescriptor.of(ValueLayout.JAVA_INT));
  private static final MethodHandle MADVISE =
      handle(
          "madvise",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));
  private static final int DONT_NEED = 4;
  private static final int STRUCT_BYTES = 512;
  private static final int UTSNAME_FIELD = 65;
  private static final int READ_ONLY = 1;

  private LibC() {}

  /// What a file system holds.
  public record FileSystemSize(
      long blockBytes,
      long blocks,
      long free,
      long available,
      long files,
      long filesFree,
      boolean readOnly) {}

  /// The kernel's clock.
  ///
  /// @param state what adjtimex answered; 5 = not synchronised
  /// @param nanos whether the offset is in nanoseconds
  public record Clock(int state, long offset, boolean nanos, long maxErrorMicros) {}

  /// The machine's identity.
  public record Uname(
      String sysname,
      String nodename,
      String release,
      String version,
      String machine,
      String domainname) {}

  private static MethodHandle handle(String function, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LIBRARY.findOrThrow(function), descriptor);
  }

  /// The size of a page of memory, in which the kernel counts: 4 KiB, or 64 KiB on some ARM
  /// servers.
  public static int pageBytes() {
    try {
      return (int) GETPAGESIZE.invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException("getpagesize failed", e);
    }
  }

  /// madvise(2) that the pages of a mapping are not needed now. Only for a mapping that may not be
  /// written to and holds what is in its file: anything else in it would be lost.
  static void letGoOfPages(long address, long bytes) {
    int answer;
    try {
      answer = (int) MADVISE.invokeExact(address, bytes, DONT_NEED);
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library failed", e);
    }
    if (answer != 0) {
      // Such as a locked mapping: it stays.
      LOG.log(System.Logger.Level.DEBUG, "the pages at {0} are kept", Long.toHexString(address));
    }
  }

  /// statvfs(3). Blocks as long as the file system does.
  public static FileSystemSize statvfs(String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = arena.allocate(STRUCT_BYTES, 8);
      if (call(STATVFS, arena.allocateFrom(path, StandardCharsets.UTF_8), struct) != 0) {
        throw new IOException("statvfs of " + path + " failed");
      }
      return new FileSystemSize(
          longAt(struct, 8),
          longAt(struct, 16),
          longAt(struct, 24),
          longAt(struct, 32),
          longAt(struct, 40),
          longAt(struct, 48),
          (longAt(struct, 72) & READ_ONLY) != 0);
    }
  }

  /// adjtimex(2) in its reading form.
  public static Clock adjtimex() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = arena.allocate(STRUCT_BYTES, 8);
      int state = call(ADJTIMEX, struct);
      if (state < 0) {
        throw new IOException("adjtimex failed");
      }
      int status = struct.get(ValueLayout.JAVA_INT, 40);
      return new Clock(state, longAt(struct, 8), (status & 0x2000) != 0, longAt(struct, 24));
    }
  }

  /// uname(2).
  public static Uname uname() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = arena.allocate(STRUCT_BYTES, 8);
      if (call(UNAME, struct) != 0) {
        throw new IOException("uname failed");
      }
      String[] fields = new String[6];
      for (int i = 0; i < fields.length; i++) {
        fields[i] = struct.getString((long) i * UTSNAME_FIELD, StandardCharsets.UTF_8);
      }
      return new Uname(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]);
    }
  }

  private static long longAt(MemorySegment struct, long offset) {
    return struct.get(ValueLayout.JAVA_LONG, offset);
  }

  private static int call(MethodHandle function, MemorySegment first, MemorySegment second) {
    try {
      return (int) function.invokeExact(first, second);
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library failed", e);
    }
  }

  private static int call(MethodHandle function, MemorySegment only) {
    try {
      return (int) function.invokeExact(only);
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library failed", e);
    }
  }
}
