package io.evenkeel.agent.probe;

import io.evenkeel.agent.probe.ProbeMessages.Told;
import io.evenkeel.model.link.DiskBuffer;
import io.evenkeel.model.link.HubLink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// What came of an agent's probes and waits for the hub: several results go in one message, and
/// while the hub cannot be reached they wait on disk, the oldest dropped when there are too many.
/// Safe for use by many threads.
final class ProbeResults implements HubLink.Waiting, AutoCloseable {
  private static final long MOST_BYTES = 4L << 20;

  /// Well below what a message may hold, whatever the last result adds.
  private static final int FULL = 16 << 10;

  private final DiskBuffer buffer;
  private final StringBuilder pending = new StringBuilder();

  private ProbeResults(DiskBuffer buffer) {
    this.buffer = buffer;
  }

  /// Opens what waits in a folder.
  static ProbeResults open(Path folder) throws IOException {
    return new ProbeResults(DiskBuffer.open(folder, MOST_BYTES));
  }

  /// Adds what came of an attempt.
  synchronized void add(String id, ProbeResult result) {
    pending.append(ProbeMessages.of(new Told(id, result)));
    if (pending.length() >= FULL) {
      keep();
    }
  }

  private void keep() {
    if (!pending.isEmpty()) {
      buffer.add(pending.toString().getBytes(StandardCharsets.UTF_8));
      pending.setLength(0);
    }
  }

  @Override
  public synchronized Optional<byte[]> oldest() {
    keep();
    return buffer.oldest();
  }

  @Override
  public synchronized void remove(byte[] body) {
    buffer.remove(body);
  }

  @Override
  public synchronized void close() throws IOException {
    keep();
    buffer.close();
  }
}
