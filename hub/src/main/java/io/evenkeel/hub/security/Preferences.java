package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Database;
import io.evenkeel.model.Text;
import java.util.Map;

/// What each person chose for the pages, kept on the hub so that it follows them to every browser.
/// Safe for use by many threads.
public final class Preferences {
  private static final int MOST = 64;
  private static final int LONGEST_KEY = 64;
  private static final int LONGEST_VALUE = 2_000;

  private final Database database;
  private final PreferenceStore store = new PreferenceStore();

  public Preferences(Database database) {
    this.database = database;
  }

  /// The choices of an account by key.
  public Map<String, String> of(String name) {
    return database.read(transaction -> store.of(transaction, name));
  }

  /// Replaces all choices of an account.
  public Outcome<Map<String, String>> replace(String name, Map<String, String> choices) {
    if (choices.size() > MOST) {
      return Outcome.refused(
          Outcome.Reason.INVALID,
          Text.of("At most " + MOST + " preferences are kept.", "最多保存 " + MOST + " 项偏好设置。"));
    }
    for (Map.Entry<String, String> choice : choices.entrySet()) {
      if (choice.getKey().length() > LONGEST_KEY || choice.getValue().length() > LONGEST_VALUE) {
        return Outcome.invalid(
            choice.getKey(),
            Text.of(
                "A preference has at most "
                    + LONGEST_KEY
                    + " characters in its key and "
                    + LONGEST_VALUE
                    + " in its value.",
                "一项偏好设置的键最多 " + LONGEST_KEY + " 个字符，值最多 " + LONGEST_VALUE + " 个字符。"));
      }
    }
    database.change(transaction -> store.replace(transaction, name, choices));
    return Outcome.done(choices);
  }
}
