package io.evenkeel.hub.profile;

import io.evenkeel.model.profile.CollapsedStacks;
import io.evenkeel.model.profile.ProfileFormatException;
import io.evenkeel.model.profile.RecordedProfile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// The stacks of profiles: one file each, as it was delivered. A file is whole or not there.
final class ProfileFiles {
  private static final String SUFFIX = ".profile";

  private final Path folder;

  ProfileFiles(Path folder) {
    this.folder = folder;
  }

  void write(RecordedProfile profile) throws IOException {
    Files.createDirectories(folder);
    Path part = Files.createTempFile(folder, "part-", "");
    try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(profile.bytes());
      while (bytes.hasRemaining()) {
        var unused = file.write(bytes);
      }
      file.force(true);
    }
    Files.move(part, file(profile.id()), StandardCopyOption.ATOMIC_MOVE);
  }

  /// @throws IOException when it is not there or was damaged
  CollapsedStacks read(String id) throws IOException {
    Path file = file(id);
    try {
      return CollapsedStacks.unpack(RecordedProfile.parse(Files.readAllBytes(file)).packed());
    } catch (ProfileFormatException e) {
      throw new IOException(file + " was damaged: " + e.getMessage(), e);
    }
  }

  void delete(String id) throws IOException {
    Files.deleteIfExists(file(id));
  }

  private Path file(String id) {
    if (!id.matches("[0-9a-z-]{1,40}")) {
      throw new IllegalArgumentException("'" + id + "' is not a profile's id");
    }
    return folder.resolve(id + SUFFIX);
  }
}
