package io.evenkeel.hub.gateways;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The orders that a gateway could use last, in a file: it starts from them while its hub is away.
/// A file is replaced whole or not at all.
final class KeptOrders {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;

  /// @param folder of the gateway's own; it is made when it is not there
  KeptOrders(Path folder) throws IOException {
    Files.createDirectories(folder);
    this.file = folder.resolve("orders.json");
  }

  /// What was kept; empty when nothing was.
  ///
  /// @throws IOException when it cannot be read
  Optional<GatewayOrders> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), GatewayOrders.class));
    } catch (JacksonException e) {
      throw new IOException(
          file + " is damaged; delete it, the hub tells it again: " + e.getOriginalMessage(), e);
    }
  }

  void write(GatewayOrders orders) throws IOException {
    Path beside = file.resolveSibling("orders.json.new");
    Files.write(beside, JSON.writeValueAsBytes(orders));
    try (FileChannel written = FileChannel.open(beside, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
