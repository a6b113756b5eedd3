package io.evenkeel.tsdb.engine.head;

import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import java.util.Arrays;

/// Many runs of bytes that grow at their end, in pieces of one size out of a few large arrays.
///
/// A run that grows takes another piece: nothing moves, and no smaller room stays behind it that
/// only another run of that very size could use. A million runs that grow together so take what
/// they hold, and half a piece each. A run is known by its last piece and its length; the last
/// piece's link leads to the first one, and so the whole chain can be given back at once. Pages are
/// kept for runs to come. Not thread-safe.
final class ByteChains {
  /// How many bytes a piece holds.
  static final int PIECE = 1 << 7;

  private static final int PIECE_BITS = 7;
  private static final int PAGE_BITS = 18;
  private static final int PIECES_BITS = PAGE_BITS - PIECE_BITS;
  private static final int PIECES = 1 << PIECES_BITS;
  private static final int NONE = -1;

  private byte[][] pages = new byte[16][];
  private int[][] links = new int[16][];
  private int pageCount;
  private int used;
  private int free = NONE;

  /// A run without bytes; answers its last piece.
  int begin() {
    int piece = allocate();
    link(piece, piece);
    return piece;
  }

  private int allocate() {
    if (free != NONE) {
      int piece = free;
      free = next(piece);
      return piece;
    }
    if (used == pageCount << PIECES_BITS) {
      addPage();
    }
    return used++;
  }

  private void addPage() {
    if (pageCount == pages.length) {
      pages = Arrays.copyOf(pages, 2 * pageCount);
    }
    if (pageCount == links.length) {
      links = Arrays.copyOf(links, 2 * pageCount);
    }
    pages[pageCount] = new byte[1 << PAGE_BITS];
    links[pageCount] = new int[PIECES];
    pageCount++;
  }

  private int next(int piece) {
    return links[piece >>> PIECES_BITS][piece & PIECES - 1];
  }

  private void link(int piece, int next) {
    links[piece >>> PIECES_BITS][piece & PIECES - 1] = next;
  }

  /// The array in which a piece lies; see [#offset].
  byte[] page(int piece) {
    return pages[piece >>> PIECES_BITS];
  }

  int offset(int piece) {
    return (piece & PIECES - 1) << PIECE_BITS;
  }

  /// How many bytes of its last piece a run of a length takes; the others may be written in place.
  static int usedOfLast(int length) {
    return length == 0 ? 0 : (length - 1 & PIECE - 1) + 1;
  }

  /// Adds bytes to a run and answers its last piece.
  int append(int last, int length, byte[] from, int offset, int count) {
    int piece = last;
    int at = usedOfLast(length);
    for (int done = 0; done < count; ) {
      if (at == PIECE) {
        int more = allocate();
        link(more, next(piece));
        link(piece, more);
        piece = more;
        at = 0;
      }
      int part = Math.min(PIECE - at, count - done);
      System.arraycopy(from, offset + done, page(piece), offset(piece) + at, part);
      at += part;
      done += part;
    }
    return piece;
  }

  /// Adds a run's bytes to a writer.
  void copy(int last, int length, ByteWriter into) {
    int piece = next(last);
    for (int left = length; left > 0; left -= PIECE) {
      into.put(page(piece), offset(piece), Math.min(left, PIECE));
      piece = next(piece);
    }
  }

  /// Copies a run's bytes into an array.
  void copy(int last, int length, byte[] into, int at) {
    int piece = next(last);
    for (int done = 0; done < length; done += PIECE) {
      System.arraycopy(page(piece), offset(piece), into, at + done, Math.min(length - done, PIECE));
      piece = next(piece);
    }
  }

  /// The bytes of all pieces, in use or waiting for runs to come.
  long bytes() {
    return (long) pageCount << PAGE_BITS;
  }

  /// Gives a run's pieces back.
  void release(int last) {
    int first = next(last);
    link(last, free);
    free = first;
  }
}
