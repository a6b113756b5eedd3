package io.evenkeel.agent.tune.service;

import io.evenkeel.model.tune.Place.Service;
import io.evenkeel.model.tune.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Finds the one place in a configuration file where a directive has its value. What other files
/// that it includes say is not looked at: the policy names the file in which the directive stands.
public final class Directives {
  /// A line longer than this is no line that a person would want to see changed.
  private static final int LONGEST_LINE = 1_000;

  private Directives() {}

  /// Where a directive has its value.
  ///
  /// @param from the first character of the value as it is written, with its quotes
  /// @param to the one after its last
  /// @param value without quotes
  public record Found(int from, int to, String value) {
    /// The text with another value in this place.
    public String replacedIn(String text, String written) {
      return text.substring(0, from) + written + text.substring(to);
    }

    /// The value as it is written.
    public String writtenIn(String text) {
      return text.substring(from, to);
    }
  }

  /// Finds a directive's value.
  ///
  /// @param text each character a byte of the file
  /// @throws ServiceFileException when it is missing, stands there twice, or is not one plain value
  public static Found find(Service service, String name, String text) throws ServiceFileException {
    List<Found> found = new ArrayList<>();
    switch (service) {
      case NGINX -> nginx(name, text, found);
      case POSTGRESQL, REDIS -> lines(service, name, text, found);
    }
    if (found.isEmpty()) {
      throw ServiceFileException.changed(Refusal.NO_DIRECTIVE.text(name));
    }
    if (found.size() > 1) {
      throw ServiceFileException.changed(
          Refusal.MANY_DIRECTIVES.text(name, Integer.toString(found.size())));
    }
    Found one = found.getFirst();
    if (one.value.isEmpty() || one.value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw ServiceFileException.changed(Refusal.DIRECTIVE_TEXT.text(name));
    }
    int begin = text.lastIndexOf('\n', one.from) + 1;
    int end = text.indexOf('\n', one.to);
    if ((end < 0 ? text.length() : end) - begin > LONGEST_LINE) {
      throw ServiceFileException.changed(Refusal.DIRECTIVE_LINE.text(name));
    }
    return one;
  }

  /// One word of an nginx file; the marks `;`, `{` and `}` are words too.
  private record Word(int from, int to, String value, boolean isMark) {
    boolean is(char mark) {
      return isMark && value.charAt(0) == mark;
    }
  }

  private static void nginx(String name, String text, List<Found> found)
      throws ServiceFileException {
    List<Word> statement = new ArrayList<>();
    int at = 0;
    while (true) {
      at = skipBlanksAndComments(text, at);
      if (at == text.length()) {
        if (!statement.isEmpty()) {
          throw ServiceFileException.changed(Refusal.FILE_CUT.text());
        }
        return;
      }
      Word word = nginxWord(text, at);
      at = word.to;
      if (!word.isMark) {
        statement.add(word);
        continue;
      }
      String first = statement.isEmpty() ? "" : statement.getFirst().value;
      if (word.is('{') && first.endsWith("_by_lua_block")) {
        throw ServiceFileException.changed(Refusal.FILE_LUA.text());
      }
      if (first.equals(name)) {
        if (!word.is(';') || statement.size() != 2) {
          throw ServiceFileException.changed(Refusal.DIRECTIVE_VALUES.text(name));
        }
        Word value = statement.getLast();
        found.add(new Found(value.from, value.to, value.value));
      }
      statement.clear();
    }
  }

  private static int skipBlanksAndComments(String text, int from) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        at++;
      } else {
        break;
      }
    }
    return at;
  }

  private static Word nginxWord(String text, int from) throws ServiceFileException {
    char first = text.charAt(from);
    if (first == ';' || first == '{' || first == '}') {
      return new Word(from, from + 1, String.valueOf(first), true);
    }
    if (first == '"' || first == '\'') {
      int end = from + 1;
      while (end < text.length() && text.charAt(end) != first) {
        end += text.charAt(end) == '\\' ? 2 : 1;
      }
      if (end >= text.length()) {
        throw ServiceFileException.changed(Refusal.FILE_QUOTE.text());
      }
      return new Word(from, end + 1, text.substring(from + 1, end), false);
    }
    int end = from;
    while (end < text.length() && " \t\r\n;".indexOf(text.charAt(end)) < 0) {
      char c = text.charAt(end);
      // `${name}` is a variable within a word; every other brace opens a block.
      if (c == '{' && text.charAt(Math.max(from, end - 1)) != '$') {
        break;
      }
      end += c == '\\' ? 2 : 1;
    }
    end = Math.min(end, text.length());
    return new Word(from, end, text.substring(from, end), false);
  }

  private static void lines(Service service, String name, String text, List<Found> found)
      throws ServiceFileException {
    int begin = 0;
    while (begin < text.length()) {
      int end = text.indexOf('\n', begin);
      end = end < 0 ? text.length() : end;
      int at = blanks(text, begin, end);
      int nameEnd = at;
      while (nameEnd < end && isOfName(text.charAt(nameEnd))) {
        nameEnd++;
      }
      if (text.substring(at, nameEnd).toLowerCase(Locale.ROOT).equals(name)) {
        found.add(value(service, name, text, nameEnd, end));
      }
      begin = end + 1;
    }
  }

  private static boolean isOfName(char c) {
    return c >= '0' && c <= '9'
        || c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c == '_'
        || c == '-'
        || c == '.';
  }

  private static int blanks(String text, int from, int end) {
    int at = from;
    while (at < end && " \t\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private static Found value(Service service, String name, String text, int from, int end)
      throws ServiceFileException {
    int at = blanks(text, from, end);
    if (service == Service.POSTGRESQL && at < end && text.charAt(at) == '=') {
      at = blanks(text, at + 1, end);
    }
    char quote = at < end && "'\"".indexOf(text.charAt(at)) >= 0 ? text.charAt(at) : 0;
    int to = at;
    if (quote == 0) {
      while (to < end && " \t\r#".indexOf(text.charAt(to)) < 0) {
        to++;
      }
    } else {
      to = text.indexOf(quote, at + 1) + 1;
      if (to == 0 || to > end) {
        throw ServiceFileException.changed(Refusal.DIRECTIVE_QUOTE.text(name));
      }
    }
    int rest = blanks(text, to, end);
    boolean isComment = service == Service.POSTGRESQL && rest < end && text.charAt(rest) == '#';
    if (rest < end && !isComment) {
      throw ServiceFileException.changed(Refusal.DIRECTIVE_VALUES.text(name));
    }
    return new Found(at, to, quote == 0 ? text.substring(at, to) : text.substring(at + 1, to - 1));
  }
}
