package io.evenkeel.tsdb.engine.head;

import java.util.Arrays;

/// Many small runs of bytes of fixed lengths in a few large arrays, so that a hundred thousand are
/// not as many objects.
///
/// A slot has one of some fixed sizes, each 1.33 to 1.5 times the one before; freed slots are given
/// out again. An address names array and offset. Not thread-safe.
final class ByteSlabs {
  /// The longest run.
  static final int MAX_BYTES = 64 * 1024;

  private static final int PAGE_BITS = 18;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int[] SIZES = sizes();

  private byte[][] pages = new byte[16][];
  private int pageCount;
  private final int[][] free = new int[SIZES.length][8];
  private final int[] freeCount = new int[SIZES.length];
  private int used = PAGE;

  private static int[] sizes() {
    int[] sizes = new int[32];
    int count = 0;
    for (int size = 32; size <= MAX_BYTES; size *= 2) {
      sizes[count++] = size;
      if (size < MAX_BYTES) {
        sizes[count++] = size + size / 2;
      }
    }
    return Arrays.copyOf(sizes, count);
  }

  /// The number of the smallest size that holds some bytes.
  static int sizeClass(int bytes) {
    int at = Arrays.binarySearch(SIZES, bytes);
    return at >= 0 ? at : ~at;
  }

  /// A slot of a size class; what it held before is still in it.
  int allocate(int sizeClass) {
    if (freeCount[sizeClass] > 0) {
      return free[sizeClass][--freeCount[sizeClass]];
    }
    // Addresses count in units of 16 bytes, which every size is a multiple of: 32 GiB in an int.
    if (used + SIZES[sizeClass] > PAGE) {
      pages = pageCount == pages.length ? Arrays.copyOf(pages, 2 * pageCount) : pages;
      pages[pageCount++] = new byte[PAGE];
      used = 0;
    }
    int address = (int) (((long) (pageCount - 1) << PAGE_BITS | used) >>> 4);
    used += SIZES[sizeClass];
    return address;
  }

  void release(int address, int sizeClass) {
    int count = freeCount[sizeClass];
    if (count == free[sizeClass].length) {
      free[sizeClass] = Arrays.copyOf(free[sizeClass], 2 * count);
    }
    free[sizeClass][count] = address;
    freeCount[sizeClass] = count + 1;
  }

  byte[] page(int address) {
    return pages[address >>> (PAGE_BITS - 4)];
  }

  int offset(int address) {
    return address << 4 & (PAGE - 1);
  }
}
