package io.evenkeel.agent.collect;

import java.io.IOException;
import java.nio.file.Path;

/// A collector that reads one kernel file and parses it line by line.
public abstract class FileCollector implements Collector {
  private final String name;
  private final KernelFile file;

  /// Interned label values.
  protected final Names names;

  /// @param whatItTells completes the sentence 'this kernel does not offer …'
  protected FileCollector(String name, Path path, String whatItTells, Names names) {
    this.name = name;
    this.file = new KernelFile(path, whatItTells);
    this.names = names;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final void collect(Samples out) throws IOException {
    parse(file.read(), out);
  }

  /// Puts the samples that the file's text holds.
  protected abstract void parse(ByteText text, Samples out) throws IOException;

  /// Sets a series to a number that was read, if it was one.
  protected static void set(Samples.Family family, long value, double unit) {
    if (value != ByteText.NO_NUMBER) {
      family.set(scaled(value, unit));
    }
  }

  /// Sets a series to a number that was read, if it was one.
  protected static void set(Samples.Family family, long value, double unit, String label) {
    if (value != ByteText.NO_NUMBER) {
      family.set(scaled(value, unit), label);
    }
  }

  /// Dividing keeps the shortest decimal (115826 ms are 115.826 s), multiplying by 0.001 does not.
  private static double scaled(long value, double unit) {
    return unit >= 1 ? value * unit : value / Math.rint(1 / unit);
  }

  @Override
  public final void close() {
    file.close();
  }
}
