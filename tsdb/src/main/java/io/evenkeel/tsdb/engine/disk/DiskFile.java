package io.evenkeel.tsdb.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A file that is written from its begin to its end. For one thread at a time.
public interface DiskFile extends AutoCloseable {
  /// Writes all remaining bytes.
  void write(ByteBuffer bytes) throws IOException;

  /// Returns once everything written would survive the loss of power.
  void force() throws IOException;

  @Override
  void close() throws IOException;
}
