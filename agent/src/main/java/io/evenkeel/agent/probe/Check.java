package io.evenkeel.agent.probe;

import java.util.List;

/// What a probe asks and expects. Plain values, as they stand in the settings; [CheckRules] says
/// which are right.
public sealed interface Check {
  /// What is asked, as the label `instance` of its series.
  String target();

  /// A web page.
  ///
  /// @param method GET or HEAD
  /// @param status the HTTP statuses that are right; 200 to 299 when empty
  /// @param bodyMatches a regular expression (RE2) that the page must match; empty for any page
  /// @param bodyLacks one that it must not match; empty for none
  /// @param authorities certificates in PEM to trust instead of the public ones; empty for those
  record Http(
      String url,
      String method,
      List<Integer> status,
      String bodyMatches,
      String bodyLacks,
      boolean followRedirects,
      String authorities)
      implements Check {
    public Http {
      url = url.strip();
      status = List.copyOf(status);
    }

    @Override
    public String target() {
      return url;
    }
  }

  /// A TCP port.
  ///
  /// @param send a text sent first, each `\n` as CR LF; empty for none
  /// @param expects a regular expression (RE2) that what the server says must match; empty when a
  ///   connection is enough
  record Tcp(String host, int port, boolean tls, String send, String expects, String authorities)
      implements Check {
    public Tcp {
      host = host.strip();
    }

    @Override
    public String target() {
      return Check.hostAndPort(host, port);
    }
  }

  /// An echo request (ping).
  record Icmp(String host) implements Check {
    public Icmp {
      host = host.strip();
    }

    @Override
    public String target() {
      return host;
    }
  }

  /// A question to a name server.
  ///
  /// @param name what is asked for
  /// @param type such as `A`
  /// @param server the name server, with a port where it is not 53; the system's first one when
  ///   empty
  /// @param answers a regular expression (RE2) that one of the answers must match; empty when any
  ///   answer is right
  record Dns(String name, String type, String server, String answers) implements Check {
    public Dns {
      name = name.strip();
      server = server.strip();
    }

    @Override
    public String target() {
      return server.isEmpty() ? name : name + "@" + server;
    }
  }

  private static String hostAndPort(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
