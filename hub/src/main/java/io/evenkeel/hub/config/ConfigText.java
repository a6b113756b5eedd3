package io.evenkeel.hub.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// The text of a file of settings.
public final class ConfigText {
  private ConfigText() {}

  /// Reads a file whole.
  ///
  /// @throws ConfigException when it is not there, no text or cannot be read: which, in words
  public static String of(Path file) throws ConfigException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException(List.of(file + ": there is no such file"));
    } catch (CharacterCodingException e) {
      throw new ConfigException(List.of(file + ": not a UTF-8 text"));
    } catch (IOException e) {
      throw new ConfigException(List.of(file + ": cannot be read: " + e.getMessage()));
    }
  }
}
