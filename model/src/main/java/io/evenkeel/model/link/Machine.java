package io.evenkeel.model.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/// By what a machine and its boots are told from others. Immutable.
///
/// @param id the SHA-256 of the machine's own id, which itself is not told (machine-id(5) asks for
///   that)
/// @param boot the kernel's boot id
/// @param run a random text of this start of the agent
public record Machine(String id, String boot, String run) {
  private static final String PURPOSE = "evenkeel agent ";
  private static final String OWN_FILE = "machine";
  private static final int RANDOM_BYTES = 16;

  /// This machine. Where the system has no id, a random one is kept in the state folder.
  ///
  /// @throws IOException when that cannot be written
  public static Machine read(Path root, Path state) throws IOException {
    String id = text(root.resolve("etc/machine-id"));
    if (id.isEmpty()) {
      Path own = state.resolve(OWN_FILE);
      id = text(own);
      if (id.isEmpty()) {
        id = random();
        Files.createDirectories(state);
        Files.writeString(own, id);
      }
    }
    String boot = text(root.resolve("proc/sys/kernel/random/boot_id"));
    return new Machine(hash(PURPOSE + id), boot.isEmpty() ? "unknown" : boot, random());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
