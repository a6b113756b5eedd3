package io.evenkeel.agent.tune.service;

import io.evenkeel.model.tune.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// Whether nobody but root can put something else in a file's place: neither the file nor any
/// folder above it may belong to somebody else or be written by others. A folder with the sticky
/// bit lets others add names, not take this one's.
final class Safety {
  private static final int ROOT = 0;
  private static final int WRITE_OF_OTHERS = 0022;
  private static final int STICKY = 01000;
  private static final int FOLDER = 0040000;
  private static final int KIND = 0170000;

  private Safety() {}

  /// Why a file is not safe; empty when it is.
  ///
  /// @param path without links
  /// @param owner the user, beside root, that it may belong to
  static Optional<String> objection(Path path, int owner) throws IOException {
    for (Path each = path; each != null; each = each.getParent()) {
      int uid = (Integer) Files.getAttribute(each, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      int mode = (Integer) Files.getAttribute(each, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      if (uid != ROOT && uid != owner) {
        return Optional.of(Refusal.POLICY_OWNER.text(each.toString(), "root"));
      }
      boolean isSticky = (mode & KIND) == FOLDER && (mode & STICKY) != 0;
      if ((mode & WRITE_OF_OTHERS) != 0 && !isSticky) {
        return Optional.of(Refusal.FILE_WRITABLE.text(each.toString()));
      }
    }
    return Optional.empty();
  }
}
