package io.evenkeel.hub.fleet;

import io.evenkeel.model.Label;
import io.evenkeel.model.Text;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What people say of a host. Empty texts say nothing.
///
/// @param group what it belongs to, such as `web` or `berlin`
/// @param owner who looks after it
/// @param tags words to find it by, each once
public record HostAttributes(String group, String owner, List<String> tags) {
  public static final HostAttributes NONE = new HostAttributes("", "", List.of());

  /// Labels that alerts of the host get, unless they have them already, so that routes, silences
  /// and maintenance windows can name them.
  public static final String GROUP_LABEL = "group";

  public static final String OWNER_LABEL = "owner";

  /// All tags, each between commas: `,db,eu,` is matched by `.*,db,.*`.
  public static final String TAGS_LABEL = "tags";

  /// The labels of a host that routes, silences and maintenance windows can name.
  public static final Set<String> HOST_LABELS =
      Set.of(Label.INSTANCE, Label.JOB, GROUP_LABEL, OWNER_LABEL, TAGS_LABEL);

  private static final int LONGEST = 64;
  private static final int MOST_TAGS = 16;
  private static final Pattern TAG = Pattern.compile("[\\p{L}\\p{N}_.:/-]{1,40}");
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]*");

  public HostAttributes {
    group = group.strip();
    owner = owner.strip();
    tags =
        List.copyOf(
            new LinkedHashSet<>(
                tags.stream().map(String::strip).filter(tag -> !tag.isEmpty()).toList()));
  }

  /// What is wrong with a field.
  public record Problem(String field, Text message) {}

  /// What is wrong, if anything.
  Optional<Problem> problem() {
    if (group.length() > LONGEST || !NAME.matcher(group).matches()) {
      return Optional.of(
          new Problem(
              "group",
              Text.of(
                  "A group has at most " + LONGEST + " characters.", "分组最多 " + LONGEST + " 个字符。")));
    }
    if (owner.length() > LONGEST || !NAME.matcher(owner).matches()) {
      return Optional.of(
          new Problem(
              "owner",
              Text.of(
                  "An owner has at most " + LONGEST + " characters.",
                  "负责人最多 " + LONGEST + " 个字符。")));
    }
    if (tags.size() > MOST_TAGS) {
      return Optional.of(
          new Problem(
              "tags",
              Text.of(
                  "A server has at most " + MOST_TAGS + " tags.",
                  "一台服务器最多 " + MOST_TAGS + " 个标签。")));
    }
    return tags.stream()
        .filter(tag -> !TAG.matcher(tag).matches())
        .findFirst()
        .map(tag ->
            new Problem(
                "tags",
                Text.of(
                    "'"
                        + tag
                        + "' is no tag: 1 to 40 letters, digits, underscores, dots, colons, slashes"
                        + " or hyphens.",
                    "“" + tag + "”不是有效的标签：1 至 40 个字符，可含字母、数字、下划线、点、冒号、斜杠和短横线。")));
  }

  boolean saysNothing() {
    return equals(NONE);
  }

  /// Labels, completed by what is said of their host.
  Map<String, String> completing(Map<String, String> labels) {
    if (saysNothing()) {
      return labels;
    }
    Map<String, String> all = new TreeMap<>(labels);
    put(all, GROUP_LABEL, group);
    put(all, OWNER_LABEL, owner);
    put(all, TAGS_LABEL, tags.isEmpty() ? "" : "," + String.join(",", tags) + ",");
    return all;
  }

  private static void put(Map<String, String> labels, String name, String value) {
    if (!value.isEmpty()) {
      labels.putIfAbsent(name, value);
    }
  }
}
