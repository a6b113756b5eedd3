package io.evenkeel.hub.clean;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What was found out about series lately, by the hash of their labels, so that a series that comes
/// each second is not looked into each second. Safe for use by many threads.
///
/// Series are numbered as they come first and lie in columns by that number. Senders keep the order
/// of their series, so the one after the one before is mostly the next number: finding it reads
/// memory in order, which a processor does ahead of time. Where the order changed, each remembers
/// who came after it; the rest goes through an open-addressed index. When as many are known as have
/// room, everything is forgotten and found out again. Two series of one hash (a sender could make
/// some) would be checked as one; nothing but a doubt depends on it.
final class KnownSeries {
  /// Of so many bytes of the heap one series may be known: it takes 28, a grown table its double.
  private static final long HEAP_PER_SERIES = 256;

  static final int UNKNOWN = -1;

  private static final int FEWEST = 1 << 10;
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
  private static final SeriesKind[] KINDS = SeriesKind.values();

  private final ReentrantLock lock = new ReentrantLock();
  private final int most;
  private volatile Table table = new Table(FEWEST);

  /// Whom a series is about.
  ///
  /// @param instance the value of its label `instance`, empty without one
  /// @param host whose checks its samples pass, if it is a host's
  record Owner(String instance, @Nullable HostCheck host) {}

  /// What is known at a moment; series that come later may be missing. What was entered stays as it
  /// is, but for two guesses, of which no thread minds another's.
  static final class Table {
    private final long[] hashes;
    private final byte[] kinds;
    private final Owner[] owners;

    /// Who came after a series last, plus one; 0 until that was not the next number.
    private final int[] followers;

    private final int[] rows;

    /// Numbers plus one, by the hash's high bits; 0 is free.
    private final int[] index;

    private final int shift;
    private int size;

    private Table(int capacity) {
      hashes = new long[capacity];
      kinds = new byte[capacity];
      owners = new Owner[capacity];
      followers = new int[capacity];
      rows = new int[capacity];
      index = new int[2 * capacity];
      shift = Long.numberOfLeadingZeros(index.length - 1L);
    }

    /// The number of a series, or [#UNKNOWN].
    ///
    /// @param before the one that came before it, or [#UNKNOWN]
    int find(int before, long labelHash) {
      long hash = mark(labelHash);
      if (before == UNKNOWN) {
        return find(hash);
      }
      int next = before + 1;
      if (next < hashes.length && (long) LONGS.getAcquire(hashes, next) == hash) {
        return next;
      }
      int guess = followers[before] - 1;
      if (guess >= 0 && (long) LONGS.getAcquire(hashes, guess) == hash) {
        return guess;
      }
      int found = find(hash);
      followers[before] = found + 1;
      return found;
    }

    private int find(long hash) {
      int mask = index.length - 1;
      for (int slot = (int) (hash >>> shift); ; slot = slot + 1 & mask) {
        int number = (int) INTS.getAcquire(index, slot) - 1;
        if (number < 0 || hashes[number] == hash) {
          return number;
        }
      }
    }

    SeriesKind kind(int number) {
      return KINDS[kinds[number]];
    }

    Owner owner(int number) {
      return owners[number];
    }

    /// Where its host's [SeriesMemory] kept it last, or -1. Under the host's lock.
    int row(int number) {
      return rows[number] - 1;
    }

    void row(int number, int now) {
      rows[number] = now + 1;
    }

    private static long mark(long hash) {
      return hash == 0 ? 1 : hash;
    }

    private int add(long hash, SeriesKind kind, Owner owner) {
      int number = size++;
      kinds[number] = (byte) kind.ordinal();
      owners[number] = owner;
      LONGS.setRelease(hashes, number, hash);
      enter(number);
      return number;
    }

    private void enter(int number) {
      int mask = index.length - 1;
      int slot = (int) (hashes[number] >>> shift);
      while (index[slot] != 0) {
        slot = slot + 1 & mask;
      }
      INTS.setRelease(index, slot, number + 1);
    }

    private Table grown() {
      Table more = new Table(2 * hashes.length);
      System.arraycopy(hashes, 0, more.hashes, 0, size);
      System.arraycopy(kinds, 0, more.kinds, 0, size);
      System.arraycopy(owners, 0, more.owners, 0, size);
      System.arraycopy(followers, 0, more.followers, 0, size);
      System.arraycopy(rows, 0, more.rows, 0, size);
      more.size = size;
      for (int number = 0; number < size; number++) {
        more.enter(number);
      }
      return more;
    }
  }

  /// Knows as many series as a heap has room for: half a million with 160 MB.
  static KnownSeries within(long heapBytes) {
    long most = Long.highestOneBit(heapBytes / HEAP_PER_SERIES);
    return new KnownSeries((int) Math.clamp(most, FEWEST, 1 << 27));
  }

  /// @param most a power of two, [#FEWEST] or more
  KnownSeries(int most) {
    this.most = most;
  }

  /// What is known now.
  Table table() {
    return table;
  }

  /// Enters a series that is not in a table yet; answers the table that has it, in which its number
  /// is to be found.
  Table put(long labelHash, SeriesKind kind, Owner owner) {
    long hash = Table.mark(labelHash);
    lock.lock();
    try {
      Table now = table;
      if (now.find(hash) == UNKNOWN) {
        if (now.size == now.hashes.length) {
          now = now.size == most ? new Table(FEWEST) : now.grown();
        }
        now.add(hash, kind, owner);
        table = now;
      }
      return now;
    } finally {
      lock.unlock();
    }
  }
}
