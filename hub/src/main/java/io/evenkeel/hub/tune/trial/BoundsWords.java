package io.evenkeel.hub.tune.trial;

import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Bounds;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which values a knob takes, in the reader's language. Agents tell it in English within what they
/// refuse, so it is read from that.
public final class BoundsWords {
  /// @param english what [Bounds#describe] says
  /// @param chinese with the places of what is particular
  private record Form(Pattern english, String chinese) {
    static Form of(String english, String chinese) {
      return new Form(Pattern.compile(english), chinese);
    }
  }

  private static final List<Form> FORMS =
      List.of(
          Form.of(
              "a whole number from (\\S+) to (\\S+), a multiple of (\\S+)", "$1 至 $2 之间 $3 的倍数"),
          Form.of("a whole number from (\\S+) to (\\S+)", "$1 至 $2 的整数"),
          Form.of("one of (.+)", "$1 之一"),
          Form.of("(\\S+%) to (\\S+%)", "$1 至 $2"),
          Form.of(
              "a first and a last port from (\\S+) to (\\S+), at least 1024 apart",
              "$1 至 $2 之间的首尾两个端口，至少相距 1024"),
          Form.of(
              "three sizes from (\\S+) to (\\S+), each not above the next", "$1 至 $2 的三个大小，依次不减"),
          Form.of("a size from (.+) to (.+), in kB, MB or GB", "$1 至 $2 的大小，以 kB、MB 或 GB 计"),
          Form.of("a set of processors in hex", "十六进制的处理器集合"),
          Form.of("a list of processors such as 0-3,6", "处理器列表，例如 0-3,6"));

  private BoundsWords() {}

  public static Text of(Bounds bounds) {
    return Text.of(bounds.describe(), chinese(bounds.describe()));
  }

  /// In Chinese; a description that is not known stays as it is.
  static String chinese(String english) {
    for (Form form : FORMS) {
      Matcher matcher = form.english.matcher(english);
      if (matcher.matches()) {
        return matcher.replaceFirst(form.chinese);
      }
    }
    return english;
  }
}
