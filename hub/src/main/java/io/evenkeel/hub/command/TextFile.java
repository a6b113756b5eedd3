package io.evenkeel.hub.command;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A text file that somebody named on the command line.
final class TextFile {
  private TextFile() {}

  /// Its text.
  ///
  /// @param what what it should be, such as `a rule file`
  /// @throws CommandFailure when it cannot be read
  static String read(Path file, String what) throws CommandFailure {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new CommandFailure("cannot read " + file + ": there is no such file; name " + what);
    } catch (CharacterCodingException e) {
      throw new CommandFailure("cannot read " + file + ": not a UTF-8 text; name " + what);
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + file + ": name " + what + " that can be read");
    }
  }
}
