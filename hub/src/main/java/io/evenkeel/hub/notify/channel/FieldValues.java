package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.OutgoingRoute;
import io.evenkeel.model.Text;
import io.evenkeel.model.outgoing.AddressRules.Reach;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What was entered into a channel's form, read with all problems told together. Used by one
/// thread.
public final class FieldValues {
  private static final int LONGEST = 2_000;
  private static final int LONGEST_TEXT = 64 << 10;

  /// What is wrong with one input.
  public record Problem(String field, Text message) {}

  /// A server that an input leads to.
  ///
  /// @param host a name or an address
  public record Destination(String field, String host, Reach reach) {}

  private final Map<String, Field> fields;
  private final Map<String, String> values;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Destination> destinations = new ArrayList<>();

  FieldValues(Map<String, Field> fields, Map<String, String> values) {
    this.fields = fields;
    this.values = values;
    for (Map.Entry<String, String> entry : values.entrySet()) {
      Field field = fields.get(entry.getKey());
      if (field == null) {
        problem(entry.getKey(), Text.of("there is no such setting", "没有此设置"));
      } else {
        check(field, entry.getValue());
      }
    }
    for (Field field : fields.values()) {
      if (field.required() && text(field.key()).isEmpty()) {
        problem(
            field.key(),
            Text.of("'" + field.label().en() + "' is needed", "须填写“" + field.label().zh() + "”"));
      }
    }
  }

  private void check(Field field, String value) {
    boolean lines = field.kind() == Field.Kind.LONG_TEXT;
    if (value.length() > (lines ? LONGEST_TEXT : LONGEST)) {
      problem(field.key(), Text.of("the text is too long", "文本过长"));
    }
    if (!lines && value.chars().anyMatch(Character::isISOControl)) {
      problem(
          field.key(),
          Text.of("line breaks and control characters are not allowed", "不能含换行符和控制字符"));
    }
    if (field.kind() == Field.Kind.CHOICE && !value.isEmpty() && !field.choices().contains(value)) {
      String choices = String.join(", ", field.choices());
      problem(field.key(), Text.of("must be one of " + choices, "须为 " + choices + " 之一"));
    }
  }

  /// The value, or what usually holds.
  public String text(String key) {
    Field field = fields.get(key);
    if (field == null) {
      throw new IllegalArgumentException("the form has no field '" + key + "'");
    }
    String value = values.getOrDefault(key, "").strip();
    return value.isEmpty() ? field.usual() : value;
  }

  /// A number within bounds.
  public int number(String key, int least, int most) {
    String text = text(key);
    if (text.matches("\\d{1,9}")) {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    }
    problem(
        key,
        Text.of(
            "must be a number from " + least + " to " + most,
            "须为 " + least + " 至 " + most + " 的数字"));
    return least;
  }

  /// A web address without a trailing slash.
  public URI url(String key) {
    String text = text(key);
    URI uri = webAddress(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    if (uri == null) {
      problem(
          key,
          Text.of(
              "must be a web address such as https://example.org/path",
              "须为网址，例如 https://example.org/path"));
      return URI.create("http://invalid");
    }
    leadsTo(key, uri.getHost(), Reach.ALLOWED);
    return uri;
  }

  /// A server's name or address; it may stand in a private network.
  public String host(String key) {
    String host = text(key);
    leadsTo(key, host, Reach.PRIVATE_TOO);
    return host;
  }

  /// Notes the server that an input leads to.
  void leadsTo(String key, String host, Reach reach) {
    destinations.add(new Destination(key, host, reach));
  }

  /// The servers that were read so far.
  List<Destination> destinations() {
    return List.copyOf(destinations);
  }

  /// A web address, or null.
  public static @Nullable URI webAddress(String text) {
    try {
      URI uri = new URI(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      return web && uri.getHost() != null && uri.getUserInfo() == null ? uri : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /// The names of a comma-separated list.
  public List<String> list(String key) {
    return List.of(text(key).split(",", -1)).stream()
        .map(String::strip)
        .filter(one -> !one.isEmpty())
        .toList();
  }

  /// Notes that an input is wrong.
  public void problem(String field, Text message) {
    problems.add(new Problem(field, message));
  }

  /// Everything that is wrong so far.
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  /// The way to the service, from the fields that every channel has.
  OutgoingRoute route() {
    String proxy = text(ChannelKind.PROXY);
    Optional<URI> uri = Optional.empty();
    if (!proxy.isEmpty()) {
      URI bare = webAddress(proxy);
      if (bare == null || !"http".equals(bare.getScheme()) || bare.getPort() < 0) {
        problem(
            ChannelKind.PROXY,
            Text.of(
                "must be an address such as http://proxy.example.org:3128",
                "须为地址，例如 http://proxy.example.org:3128"));
      } else {
        leadsTo(ChannelKind.PROXY, bare.getHost(), Reach.ALLOWED);
        uri = Optional.of(withCredentials(bare, text(ChannelKind.PROXY_LOGIN)));
      }
    }
    String authorities = text(ChannelKind.AUTHORITIES);
    OutgoingRoute route =
        new OutgoingRoute(uri, authorities.isEmpty() ? Optional.empty() : Optional.of(authorities));
    try {
      route.tls();
    } catch (IOException e) {
      problem(
          ChannelKind.AUTHORITIES,
          Text.of(String.valueOf(e.getMessage()), "证书有误：" + e.getMessage()));
    }
    return route;
  }

  private URI withCredentials(URI bare, String login) {
    if (login.isEmpty()) {
      return bare;
    }
    try {
      return new URI(bare.getScheme(), login, bare.getHost(), bare.getPort(), null, null, null);
    } catch (URISyntaxException e) {
      problem(
          ChannelKind.PROXY_LOGIN, Text.of("must be a text such as user:password", "格式为 用户名:密码"));
      return bare;
    }
  }
}
