package io.evenkeel.agent.probe;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.evenkeel.model.Text;
import io.evenkeel.model.outgoing.Authorities;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.minidns.dnsname.DnsName;
import org.minidns.dnsname.InvalidDnsNameException;

/// Which checks can be made.
public final class CheckRules {
  /// Types of DNS records that can be asked for.
  public static final List<String> DNS_TYPES =
      List.of("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT");

  private static final Set<String> METHODS = Set.of("GET", "HEAD");
  private static final int LONGEST = 2_000;
  private static final int LONGEST_PEM = 48 << 10;
  private static final int MOST_STATUSES = 50;

  private CheckRules() {}

  /// What is wrong with a field, such as `http.url`.
  public record Problem(String field, Text message) {}

  /// What is wrong, if anything.
  public static Optional<Problem> problem(Check check) {
    return switch (check) {
      case Check.Http http -> http(http);
      case Check.Tcp tcp ->
          host("tcp.host", tcp.host())
              .or(() -> port("tcp.port", tcp.port()))
              .or(() -> length("tcp.send", tcp.send()))
              .or(() -> pattern("tcp.expects", tcp.expects()))
              .or(() -> authorities("tcp.authorities", tcp.authorities()));
      case Check.Icmp icmp -> host("icmp.host", icmp.host());
      case Check.Dns dns -> dns(dns);
    };
  }

  private static Optional<Problem> http(Check.Http http) {
    return url(http.url())
        .or(() ->
            METHODS.contains(http.method())
                ? Optional.empty()
                : is("http.method", Text.of("The method is GET or HEAD.", "方法为 GET 或 HEAD。")))
        .or(() ->
            http.status().size() <= MOST_STATUSES
                    && http.status().stream().allMatch(code -> code >= 100 && code <= 599)
                ? Optional.empty()
                : is(
                    "http.status",
                    Text.of(
                        "HTTP statuses are numbers from 100 to 599.", "HTTP 状态码是 100 至 599 的数字。")))
        .or(() -> pattern("http.bodyMatches", http.bodyMatches()))
        .or(() -> pattern("http.bodyLacks", http.bodyLacks()))
        .or(() -> authorities("http.authorities", http.authorities()));
  }

  private static Optional<Problem> url(String text) {
    if (text.length() > LONGEST) {
      return is(
          "http.url",
          Text.of(
              "The address is longer than " + LONGEST + " characters.",
              "地址超过 " + LONGEST + " 个字符。"));
    }
    try {
      URI uri = new URI(text);
      if (!isWeb(uri)) {
        return is(
            "http.url",
            Text.of(
                "The address begins with http:// or https:// and names a host.",
                "地址以 http:// 或 https:// 开头，并含有主机名。"));
      }
      return uri.getRawUserInfo() == null
          ? Optional.empty()
          : is(
              "http.url",
              Text.of("User names and passwords do not belong into the address.", "地址中不能含用户名和密码。"));
    } catch (java.net.URISyntaxException e) {
      return is(
          "http.url",
          Text.of(
              "'"
                  + text
                  + "' is no address: "
                  + e.getReason()
                  + ". An address is such as https://shop.example.org/health.",
              "“" + text + "”不是地址：" + e.getReason() + "。地址例如 https://shop.example.org/health。"));
    }
  }

  /// Whether an address is one that can be asked for a page.
  static boolean isWeb(URI uri) {
    return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        && uri.getHost() != null
        && !uri.getHost().isEmpty()
        && uri.getPort() <= 65_535;
  }

  private static Optional<Problem> dns(Check.Dns dns) {
    try {
      if (dns.name().isEmpty()) {
        return is("dns.name", Text.of("The name to ask for is missing.", "缺少要查询的名称。"));
      }
      var unused = DnsName.from(dns.name());
    } catch (InvalidDnsNameException e) {
      return is(
          "dns.name",
          Text.of(
              "'" + dns.name() + "' is no name that can be asked for.",
              "“" + dns.name() + "”不是可查询的名称。"));
    }
    if (!DNS_TYPES.contains(dns.type())) {
      return is(
          "dns.type",
          Text.of(
              "The type is one of " + String.join(", ", DNS_TYPES) + ".",
              "类型为 " + String.join("、", DNS_TYPES) + " 之一。"));
    }
    if (!dns.server().isEmpty()) {
      Optional<Problem> server =
          NameServer.parse(dns.server()).isPresent()
              ? Optional.empty()
              : is(
                  "dns.server",
                  Text.of(
                      "A name server is a host or address, with :port if that is not 53.",
                      "域名服务器为主机名或地址，端口不是 53 时加 :端口。"));
      if (server.isPresent()) {
        return server;
      }
    }
    return pattern("dns.answers", dns.answers());
  }

  private static Optional<Problem> host(String field, String text) {
    return isHost(text)
        ? Optional.empty()
        : is(field, Text.of("This takes a host name or an address.", "请输入主机名或地址。"));
  }

  /// Whether a text is a host's name or address by its characters.
  static boolean isHost(String text) {
    return text.matches("[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})|[0-9A-Fa-f:.]{2,45}");
  }

  private static Optional<Problem> port(String field, int port) {
    return port >= 1 && port <= 65_535
        ? Optional.empty()
        : is(field, Text.of("A port is a number from 1 to 65535.", "端口是 1 至 65535 的数字。"));
  }

  private static Optional<Problem> length(String field, String text) {
    return text.length() <= LONGEST
        ? Optional.empty()
        : is(
            field,
            Text.of(
                "The text is longer than " + LONGEST + " characters.",
                "文本超过 " + LONGEST + " 个字符。"));
  }

  private static Optional<Problem> pattern(String field, String text) {
    try {
      var unused = Pattern.compile(text);
      return length(field, text);
    } catch (PatternSyntaxException e) {
      return is(
          field,
          Text.of(
              "This is no regular expression: " + e.getDescription() + ".",
              "不是正则表达式：" + e.getDescription() + "。"));
    }
  }

  private static Optional<Problem> authorities(String field, String pem) {
    if (pem.isBlank()) {
      return Optional.empty();
    }
    if (pem.length() > LONGEST_PEM) {
      return is(field, Text.of("The certificates are longer than 48 KiB.", "证书超过 48 KiB。"));
    }
    try {
      var unused = Authorities.read(pem);
      return Optional.empty();
    } catch (IOException e) {
      return is(field, Text.of("These are no certificates in PEM form.", "不是 PEM 格式的证书。"));
    }
  }

  private static Optional<Problem> is(String field, Text message) {
    return Optional.of(new Problem(field, message));
  }
}
