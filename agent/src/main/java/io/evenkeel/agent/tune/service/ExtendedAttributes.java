package io.evenkeel.agent.tune.service;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Extended attributes of files (xattr(7)), of which access lists and security labels are some.
/// Java's own view has those of users only.
final class ExtendedAttributes {
  private static final int MOST_BYTES = 64 << 10;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle LIST =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("llistxattr"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG));
  private static final MethodHandle GET =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("lgetxattr"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG));
  private static final MethodHandle SET =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("lsetxattr"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));

  private ExtendedAttributes() {}

  /// Gives a file the attributes of another, as far as this process may; a file system without any
  /// has none to give.
  static void copy(Path from, Path to) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocateFrom(from.toString());
      MemorySegment sink = arena.allocateFrom(to.toString());
      MemorySegment names = arena.allocate(MOST_BYTES);
      MemorySegment value = arena.allocate(MOST_BYTES);
      long length = (long) LIST.invokeExact(source, names, (long) MOST_BYTES);
      for (long at = 0; at < length; ) {
        MemorySegment name = names.asSlice(at);
        long size = (long) GET.invokeExact(source, name, value, (long) MOST_BYTES);
        if (size >= 0) {
          int unused = (int) SET.invokeExact(sink, name, value, size, 0);
        }
        at += name.getString(0).getBytes(StandardCharsets.UTF_8).length + 1;
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("the extended attributes of " + from + " cannot be read", e);
    }
  }
}
