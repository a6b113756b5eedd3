package io.evenkeel.model.outgoing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/// A range of IP addresses in CIDR notation, `10.0.0.0/8` or `fd00::/8`.
///
/// @param base an address inside; bits behind the prefix do not matter
/// @param prefixBits how many leading bits all its addresses share
public record Network(InetAddress base, int prefixBits) {

  /// Reads a network or a single address; empty when the text is neither. Names are not resolved.
  public static Optional<Network> parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (!address.matches("[0-9a-fA-F:.]+") || !(address.contains(":") || address.contains("."))) {
      return Optional.empty();
    }
    try {
      InetAddress base = InetAddress.ofLiteral(address);
      int most = 8 * base.getAddress().length;
      int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
      return bits < 0 || bits > most ? Optional.empty() : Optional.of(new Network(base, bits));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static Network of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException(text));
  }

  /// Whether an address lies inside. An IPv4 address in IPv6 clothes counts as IPv4.
  public boolean contains(InetAddress address) {
    byte[] own = base.getAddress();
    byte[] other = unwrapped(address).getAddress();
    if (own.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefixBits; bit++) {
      int mask = 0x80 >>> (bit & 7);
      if ((own[bit >> 3] & mask) != (other[bit >> 3] & mask)) {
        return false;
      }
    }
    return true;
  }

  /// The IPv4 address inside a NAT64 (RFC 6052) or 6to4 (RFC 3056) one; else the address itself.
  static InetAddress unwrapped(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != 16) {
      return address;
    }
    int from =
        bytes[0] == 0 && bytes[1] == 0x64 && (bytes[2] & 0xff) == 0xff && (bytes[3] & 0xff) == 0x9b
            ? 12
            : bytes[0] == 0x20 && bytes[1] == 0x02 ? 2 : -1;
    if (from < 0) {
      return address;
    }
    try {
      return InetAddress.getByAddress(
          new byte[] {bytes[from], bytes[from + 1], bytes[from + 2], bytes[from + 3]});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  @Override
  public String toString() {
    return base.getHostAddress() + "/" + prefixBits;
  }
}
