package io.evenkeel.agent.probe;

/// Why an attempt failed.
///
/// @param detail what the kind's sentence leaves open: an address, a status, a date; may be empty
public record ProbeFailure(Kind kind, String detail) {
  /// Kinds of failure, each with its English sentence. Pages have their own in each language.
  public enum Kind {
    UNKNOWN_HOST("The name '%s' has no address."),
    FORBIDDEN_ADDRESS("No connection is made there: %s."),
    REFUSED("The connection to %s was refused: nothing listens there, or a firewall says no."),
    UNREACHABLE("There is no way to %s."),
    TIMEOUT("There was no answer in time; the attempt ended while it waited for: %s."),
    CLOSED("The connection was closed before the answer was complete."),
    TLS("TLS failed: %s."),
    CERTIFICATE_EXPIRED("The certificate expired on %s."),
    CERTIFICATE_NOT_YET_VALID("The certificate is valid only from %s on."),
    CERTIFICATE_SELF_SIGNED("The certificate is signed by itself (%s): nobody vouches for it."),
    CERTIFICATE_UNTRUSTED("The certificate's issuer is not trusted: %s."),
    CERTIFICATE_OTHER_NAME("The certificate is for another name: %s."),
    PROTOCOL("The answer is no HTTP: %s."),
    STATUS("The answer has HTTP status %s."),
    BODY_LACKS("The page does not match the expression: %s."),
    BODY_MATCHES("The page matches the expression that it must not: %s."),
    REDIRECTS("The redirects lead nowhere: %s."),
    NOT_EXPECTED("The server does not say what is expected: %s."),
    DNS_CODE("The name server answers %s."),
    DNS_MALFORMED("The name server's answer cannot be read: %s."),
    DNS_EMPTY("The name server knows no record of the type %s."),
    DNS_OTHER("No answer matches the expression; there are: %s."),
    DNS_NO_SERVER("This machine has no name server in /etc/resolv.conf: name one."),
    NO_RIGHT(
        "No echo requests may be sent there: let the group in by the kernel setting"
            + " net.ipv4.ping_group_range, or give the service CAP_NET_RAW."),
    NOT_HERE("Echo requests can be sent on Linux only."),
    OTHER("%s.");

    private final String sentence;

    Kind(String sentence) {
      this.sentence = sentence;
    }
  }

  /// In words, in English.
  public String message() {
    return kind.sentence.formatted(detail);
  }
}
