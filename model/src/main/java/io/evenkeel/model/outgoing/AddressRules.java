package io.evenkeel.model.outgoing;

import io.evenkeel.model.Text;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/// Which addresses are connected to on behalf of a setting.
///
/// A web address that somebody enters must not become a way into one's own network (server-side
/// request forgery): link-local and cloud metadata addresses are always refused, loopback and
/// private ones unless the settings file allows their network. A name is resolved once, here, and
/// the connection goes to the address that was checked. Immutable.
public final class AddressRules {
  /// Link-local, metadata services of cloud providers, and what is no unicast address at all.
  private static final List<Network> NEVER =
      networks(
          "0.0.0.0/8",
          "169.254.0.0/16",
          "100.100.100.200/32",
          "192.0.0.192/32",
          "168.63.129.16/32",
          "224.0.0.0/4",
          "240.0.0.0/4",
          "::/128",
          "fe80::/10",
          "fd00:ec2::254/128",
          "fd20:ce::254/128",
          "ff00::/8");

  private static final List<Network> LOOPBACK = networks("127.0.0.0/8", "::1/128");

  /// Loopback, private use (RFC 1918, RFC 4193), shared (RFC 6598), benchmarks (RFC 2544).
  private static final List<Network> PRIVATE =
      networks(
          "127.0.0.0/8",
          "10.0.0.0/8",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "100.64.0.0/10",
          "192.0.0.0/24",
          "198.18.0.0/15",
          "::1/128",
          "fc00::/7",
          "fec0::/10");

  private final List<Network> allowed;

  /// @param allowed private networks that may be reached
  public AddressRules(List<Network> allowed) {
    this.allowed = List.copyOf(allowed);
  }

  private static List<Network> networks(String... texts) {
    return Arrays.stream(texts).map(Network::of).toList();
  }

  /// What is asked for.
  public enum Reach {
    /// The internet, and private networks only where allowed: web addresses.
    ALLOWED,
    /// Private networks too: servers that usually stand in them, such as for mail and SMS.
    PRIVATE_TOO,
    /// Private networks too, but nothing on loopback: what listens there only trusts whoever is on
    /// its machine, and so must not be reached by somebody on another one.
    OTHER_MACHINES
  }

  /// The addresses of a host, checked.
  ///
  /// @throws RefusedAddressException when one of them may not be reached
  /// @throws UnknownHostException when the name has none
  public InetAddress[] resolve(String host, Reach reach) throws UnknownHostException {
    InetAddress[] all = InetAddress.getAllByName(host);
    for (InetAddress address : all) {
      check(host, address, reach);
    }
    return all;
  }

  /// What is wrong with a host that somebody enters; [Text#NONE] when nothing is, or when it is a
  /// name, whose addresses are checked when it is called: they may change.
  ///
  /// @param host a name or an address, an IPv6 address also within brackets
  public Text problemWith(String host, Reach reach) {
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(bare);
    } catch (IllegalArgumentException e) {
      return Text.NONE;
    }
    return problemWith(bare, address, reach);
  }

  private void check(String host, InetAddress address, Reach reach) throws RefusedAddressException {
    Text problem = problemWith(host, address, reach);
    if (!problem.saysNothing()) {
      throw new RefusedAddressException(problem.en());
    }
  }

  private Text problemWith(String host, InetAddress address, Reach reach) {
    if (within(NEVER, address)) {
      Text named = named(host, address);
      return Text.of(named.en() + " an address that is never connected to", named.zh() + "从不连接的地址");
    }
    if (reach == Reach.OTHER_MACHINES && within(LOOPBACK, address)) {
      return Text.of(
          host
              + " is on this machine itself; an agent asks there only when it is started with"
              + " --probe-loopback yes",
          host + " 就在本机上；代理只有以 --probe-loopback yes 启动时才会访问");
    }
    if (reach == Reach.ALLOWED && within(PRIVATE, address) && !within(allowed, address)) {
      Text named = named(host, address);
      return Text.of(
          named.en()
              + " an address of a private network: if it is meant, add its network to"
              + " 'outgoing.privateNetworks' in evenkeel.yaml and start the hub again",
          named.zh() + "专用网络的地址：如确有需要，请将该网络加入 evenkeel.yaml 的 outgoing.privateNetworks，然后重启中心");
    }
    return Text.NONE;
  }

  private static Text named(String host, InetAddress address) {
    String number = address.getHostAddress();
    return host.equals(number)
        ? Text.of(host + " is", host + " 是")
        : Text.of(host + " is " + number + ",", host + " 即 " + number + "，是");
  }

  private static boolean within(List<Network> networks, InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }
}
