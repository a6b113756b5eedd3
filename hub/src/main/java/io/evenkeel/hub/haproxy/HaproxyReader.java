package io.evenkeel.hub.haproxy;

import io.evenkeel.hub.haproxy.HaproxySettings.Instance;
import io.evenkeel.hub.haproxy.HaproxySettings.SteerBy;
import io.evenkeel.hub.haproxy.HaproxySettings.SteeredBackend;
import io.evenkeel.hub.yaml.YamlDocument;
import io.evenkeel.hub.yaml.YamlFields;
import io.evenkeel.hub.yaml.YamlProblem;
import io.evenkeel.hub.yaml.YamlScalar;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the `haproxy` part of a settings file, with every problem and its place. Used once.
public final class HaproxyReader {
  private static final String NAME = "[A-Za-z0-9_.-]{1,64}";

  private @Nullable InetSocketAddress agentCheck;
  private final List<Instance> instances = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private boolean steeredByAgent;

  private HaproxyReader() {}

  /// What a text says.
  ///
  /// @param settings none when there are problems
  public record Result(HaproxySettings settings, List<YamlProblem> problems) {}

  /// Reads `haproxy` from a settings file; its other fields are left to others.
  public static Result read(String text) {
    HaproxyReader reader = new HaproxyReader();
    List<YamlProblem> problems =
        YamlDocument.read(
            text,
            file -> {
              file.group("haproxy", "HAProxy", reader::haproxy);
              file.leaveOthers();
            });
    return problems.isEmpty()
        ? new Result(
            new HaproxySettings(Optional.ofNullable(reader.agentCheck), reader.instances), problems)
        : new Result(HaproxySettings.NONE, problems);
  }

  private void haproxy(YamlFields fields) {
    fields.scalar("agentCheck").ifPresent(value -> agentCheck = tcp(value, fields));
    fields.each("instances", "an HAProxy process", this::instance);
    if (instances.isEmpty() && !fields.has("instances")) {
      fields.problem("'haproxy' needs 'instances', a list of HAProxy processes");
    }
    if (steeredByAgent && !fields.has("agentCheck")) {
      fields.problem(
          "'steerBy: agent' needs 'agentCheck', the address where HAProxy asks the hub,"
              + " such as 127.0.0.1:9596");
    }
  }

  private void instance(YamlFields fields) {
    String name = fields.text("name");
    if (!name.matches(NAME)) {
      fields.problem(
          "an HAProxy process needs a 'name' of letters, digits, '.', '_' and '-' (at most 64)");
    } else if (!names.add(name)) {
      fields.problemOf("name", "another HAProxy process is named '" + name + "' too");
    }
    Optional<YamlScalar> api = fields.scalar("runtimeApi").filter(v -> !v.text().isEmpty());
    SocketAddress address = api.map(value -> runtimeApi(value, fields)).orElse(null);
    if (api.isEmpty()) {
      fields.problem(
          "an HAProxy process needs 'runtimeApi', its stats socket:"
              + " a path such as /run/haproxy/admin.sock, or an address and port");
    }
    SteerBy steerBy =
        switch (fields.text("steerBy")) {
          case "", "runtime" -> SteerBy.RUNTIME;
          case "agent" -> SteerBy.AGENT;
          default -> {
            fields.problemOf("steerBy", "'steerBy' is runtime or agent");
            yield SteerBy.RUNTIME;
          }
        };
    steeredByAgent |= steerBy == SteerBy.AGENT;
    List<SteeredBackend> backends = new ArrayList<>();
    fields.each("backends", "a backend of HAProxy", one -> backends.add(backend(one, backends)));
    if (address != null) {
      instances.add(new Instance(name, address, steerBy, backends));
    }
  }

  private static SteeredBackend backend(YamlFields fields, List<SteeredBackend> before) {
    String name = fields.text("name");
    if (name.isEmpty()) {
      fields.problem("a backend of HAProxy needs its 'name', as after 'backend' in haproxy.cfg");
    } else if (before.stream().anyMatch(one -> one.name().equals(name))) {
      fields.problemOf("name", "backend '" + name + "' is there a second time");
    }
    boolean follows = fields.flag("followHealth");
    Map<String, String> hosts = new HashMap<>();
    fields.texts("hosts").forEach((server, host) -> hosts.put(server, host.text()));
    if (follows && hosts.isEmpty()) {
      fields.problemOf(
          "followHealth",
          "'followHealth' needs 'hosts': which monitored host each server runs on, as {web1: web-1}");
    }
    return new SteeredBackend(name, follows, hosts);
  }

  private static @Nullable SocketAddress runtimeApi(YamlScalar value, YamlFields fields) {
    if (!value.text().startsWith("/")) {
      return tcp(value, fields);
    }
    try {
      return UnixDomainSocketAddress.of(value.text());
    } catch (IllegalArgumentException e) {
      fields.problem(value, 0, "'" + value.text() + "' is no path of a socket");
      return null;
    }
  }

  private static @Nullable InetSocketAddress tcp(YamlScalar value, YamlFields fields) {
    String text = value.text();
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon <= 0 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
      fields.problem(value, 0, "'" + text + "' is not an address and port, such as 127.0.0.1:9999");
      return null;
    }
    String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
    try {
      return new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(port));
    } catch (UnknownHostException e) {
      fields.problem(value, 0, "'" + host + "' is no known host");
      return null;
    }
  }
}
