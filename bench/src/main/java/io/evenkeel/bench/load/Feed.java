package io.evenkeel.bench.load;

import com.sun.management.OperatingSystemMXBean;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.remotewrite.RemoteWriteDecoder;
import io.evenkeel.model.remotewrite.RemoteWriteVersion;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.SnappyBlock;
import io.evenkeel.tsdb.engine.LocalStore;
import io.evenkeel.tsdb.engine.StoreSettings;
import io.evenkeel.tsdb.storage.WriteLimits;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// Feeds what [MakeLoad] made into the engine without HTTP, a thread for each file: snappy, decode,
/// append, fsync.
///
/// Arguments: folder of the load, directory of the store, and perhaps `halt` to end without
/// closing, as a kill does.
public final class Feed {
  private Feed() {}

  public static void main(String[] arguments) throws Exception {
    LocalStore store =
        LocalStore.open(
            Path.of(arguments[1]),
            StoreSettings.DEFAULT.accepting(WriteLimits.DEFAULT.withSeries(2_000_000)),
            Clock.systemUTC());
    List<Path> files;
    try (var entries = Files.list(Path.of(arguments[0]))) {
      files = entries.sorted().toList();
    }
    AtomicLong samples = new AtomicLong();
    long begun = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (Path file : files) {
      threads.add(Thread.ofPlatform().start(() -> samples.addAndGet(feed(file, store))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    double cpu =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime()
            / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%d samples in %.1f s: %.0f per second, %.0f per CPU second%n%s%n",
        samples.get(),
        seconds,
        samples.get() / seconds,
        samples.get() / cpu,
        store.statistics());
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("RssAnon") || line.startsWith("VmHWM")) {
        System.out.println(line);
      }
    }
    if (arguments.length > 2 && arguments[2].equals("halt")) {
      Runtime.getRuntime().halt(0);
    }
    store.close();
  }

  private static long feed(Path file, LocalStore store) {
    long samples = 0;
    SampleBatch batch = new SampleBatch();
    byte[] plain = new byte[1 << 20];
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
      while (true) {
        try {
          in.readInt();
        } catch (EOFException _) {
          return samples;
        }
        in.readInt();
        byte[] body = in.readNBytes(in.readInt());
        int length = SnappyBlock.declaredLength(body, body.length, 64 << 20);
        plain = plain.length < length ? new byte[length] : plain;
        SnappyBlock.decode(body, body.length, plain, length);
        batch.clear();
        RemoteWriteDecoder.decode(
            RemoteWriteVersion.V1, plain, length, RequestLimits.DEFAULT, batch);
        samples += store.append(batch, file.getFileName().toString()).samples();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
