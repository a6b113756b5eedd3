package io.evenkeel.agent.profile;

import java.util.concurrent.locks.ReentrantLock;

/// A Java program with something to see of every kind: one thread computes, one allocates, two wait
/// for each other.
final class Busy {
  private static final Object MONITOR = new Object();
  private static final ReentrantLock LOCK = new ReentrantLock();
  static volatile Object sink = "";
  private static volatile double total;

  private Busy() {}

  public static void main(String[] args) throws InterruptedException {
    for (Runnable work :
        new Runnable[] {Busy::compute, Busy::allocate, Busy::holdLock, Busy::holdLock}) {
      Thread.ofPlatform().daemon(true).start(work);
    }
    System.out.println("ready");
    Thread.sleep(Long.parseLong(args[0]) * 1_000);
  }

  private static void compute() {
    while (true) {
      total += hotLoop();
      rest();
    }
  }

  private static double hotLoop() {
    double sum = 0;
    for (int i = 1; i < 2_000_000; i++) {
      sum += Math.sqrt(i) / (i + total % 3);
    }
    return sum;
  }

  private static void allocate() {
    while (true) {
      sink = new byte[64 << 10];
      if (System.nanoTime() % 8 == 0) {
        rest();
      }
    }
  }

  private static void holdLock() {
    while (true) {
      synchronized (MONITOR) {
        rest();
      }
      LOCK.lock();
      try {
        rest();
      } finally {
        LOCK.unlock();
      }
    }
  }

  private static void rest() {
    try {
      Thread.sleep(3);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
