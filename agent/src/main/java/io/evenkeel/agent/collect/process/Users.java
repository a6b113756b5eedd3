package io.evenkeel.agent.collect.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Names of users by their numbers, from `/etc/passwd`; a number without a name stays a number.
final class Users {
  private final Path file;
  private final Map<Integer, String> names = new HashMap<>();
  private long readAt = Long.MIN_VALUE;

  Users(Path file) {
    this.file = file;
  }

  String name(int uid) {
    String name = names.get(uid);
    if (name == null) {
      refresh();
      name = names.computeIfAbsent(uid, number -> Integer.toString(number));
    }
    return name;
  }

  private void refresh() {
    try {
      long changed = Files.getLastModifiedTime(file).toMillis();
      if (changed == readAt) {
        return;
      }
      readAt = changed;
      names.clear();
      for (String line : Files.readAllLines(file)) {
        String[] columns = line.split(":", -1);
        if (columns.length > 2 && columns[2].matches("\\d{1,9}")) {
          names.putIfAbsent(Integer.parseInt(columns[2]), columns[0]);
        }
      }
    } catch (IOException e) {
      // Without the file users are numbers, which is true as well.
      System.getLogger(Users.class.getName())
          .log(System.Logger.Level.DEBUG, file + ": " + e.getMessage());
    }
  }
}
