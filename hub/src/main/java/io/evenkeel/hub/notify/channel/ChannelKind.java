package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.OutgoingRoute;
import io.evenkeel.model.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A kind of channel: its form, its limits, and how its settings are read.
///
/// @param name the name in settings and on the wire
/// @param to what its recipients' addresses are
/// @param fields the inputs of its form, those of every channel behind its own
/// @param rate how often the service takes a message
/// @param idempotent whether the service drops a message that it got before, so that a repetition
///   after a crash reaches nobody twice
public record ChannelKind(
    String name,
    Text title,
    To to,
    List<Field> fields,
    Rate rate,
    boolean idempotent,
    Function<FieldValues, Channel> reader) {
  static final String PROXY = "proxy";
  static final String PROXY_LOGIN = "proxyLogin";
  static final String AUTHORITIES = "authorities";

  private static final List<Field> COMMON =
      List.of(
          Field.text(
                  PROXY,
                  Text.of("Outgoing proxy", "出站代理"),
                  Text.of(
                      "When this service is reached through a proxy: http://host:port.",
                      "需要经由代理访问该服务时填写：http://主机:端口。"))
              .optional(),
          Field.secret(
                  PROXY_LOGIN,
                  Text.of("Proxy login", "代理账号"),
                  Text.of("user:password, when the proxy asks for it.", "代理需要认证时填写：用户名:密码。"))
              .optional(),
          Field.longText(
              AUTHORITIES,
              Text.of("Private certificate authority", "私有证书颁发机构"),
              Text.of(
                  "Certificates in PEM form to trust instead of the public ones.",
                  "PEM 格式的证书；填写后代替公共证书颁发机构。")));

  /// What a recipient's address is.
  public enum To {
    /// The channel leads to one place, such as a chat group.
    ONE_PLACE,
    EMAIL,
    PHONE,
    /// The id of a chat of Telegram, and of a topic in it behind a colon.
    CHAT,
    /// The id or the name of a channel of Slack.
    SLACK_CHANNEL
  }

  /// A token bucket: up to `burst` messages at once, refilled evenly.
  public record Rate(int burst, int messages, Duration per) {
    public Duration perMessage() {
      return per.dividedBy(messages);
    }
  }

  /// Settings that were read.
  ///
  /// @param destinations the servers that they lead to
  public record Opened(
      Channel channel, OutgoingRoute route, List<FieldValues.Destination> destinations) {}

  /// What reading settings came to: an opened channel, or everything that is wrong.
  public sealed interface Read {
    record Ready(Opened opened) implements Read {}

    record Wrong(List<FieldValues.Problem> problems) implements Read {}
  }

  public ChannelKind {
    List<Field> all = new ArrayList<>(fields);
    all.addAll(COMMON);
    fields = List.copyOf(all);
  }

  /// Reads what was entered, secrets among it.
  public Read read(Map<String, String> entered) {
    Map<String, Field> byKey = new LinkedHashMap<>();
    fields.forEach(field -> byKey.put(field.key(), field));
    FieldValues values = new FieldValues(byKey, entered);
    Channel channel = reader.apply(values);
    OutgoingRoute route = values.route();
    return values.problems().isEmpty()
        ? new Read.Ready(new Opened(channel, route, values.destinations()))
        : new Read.Wrong(values.problems());
  }

  /// Whether an input is kept encrypted.
  public boolean isSecret(String key) {
    return fields.stream()
        .anyMatch(field -> field.key().equals(key) && field.kind() == Field.Kind.SECRET);
  }

  /// What is wrong with a recipient's address, or [Text#NONE].
  public Text problemWith(String address) {
    boolean controls = address.chars().anyMatch(Character::isISOControl);
    String shown = Printable.line(address, 60);
    return switch (to) {
      case ONE_PLACE ->
          address.isEmpty()
              ? Text.NONE
              : Text.of("this channel leads to one place only", "该渠道只通往一处");
      case EMAIL ->
          !controls && address.matches("[^\\s<>,;:\"()\\[\\]@]{1,64}@[^\\s<>,;:\"()@]{1,190}")
              ? Text.NONE
              : Text.of("'" + shown + "' is no e-mail address", "“" + shown + "”不是电子邮件地址");
      case PHONE ->
          address.matches("\\+?[0-9]{3,15}")
              ? Text.NONE
              : Text.of(
                  "'" + shown + "' is no phone number such as +8613800000000",
                  "“" + shown + "”不是形如 +8613800000000 的电话号码");
      case CHAT ->
          address.matches("(-?[0-9]{1,20}|@[A-Za-z0-9_]{3,64})(:[0-9]{1,10})?")
              ? Text.NONE
              : Text.of(
                  "'"
                      + shown
                      + "' is no chat id such as -1001234567890 or @name, with :5 for a topic of it",
                  "“" + shown + "”不是形如 -1001234567890 或 @name 的聊天 ID（其中的话题加 :5）");
      case SLACK_CHANNEL ->
          address.matches("[CGDU][A-Z0-9]{6,20}|#[\\p{L}\\p{N}_.-]{1,80}")
              ? Text.NONE
              : Text.of(
                  "'" + shown + "' is no channel such as C0123456789 or #alerts",
                  "“" + shown + "”不是形如 C0123456789 或 #alerts 的频道");
    };
  }
}
