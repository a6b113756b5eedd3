package io.evenkeel.hub.notify.channel;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// A POST to the root of a cloud's API in the form that is signed. Alibaba Cloud and Tencent Cloud
/// share the form (method, path, query, headers, names of the headers, hash of the body) and differ
/// in the key and in what is signed beside it.
///
/// Sources: Alibaba Cloud, 'V3 request structure and signature'; Tencent Cloud, 'Signature v3'.
///
/// @param query escaped and sorted; empty for none
/// @param headers the signed ones: names in small letters
record CanonicalRequest(String query, SortedMap<String, String> headers, byte[] body) {
  CanonicalRequest(String query, Map<String, String> headers, byte[] body) {
    this(query, new TreeMap<>(headers), body);
  }

  private String names() {
    return String.join(";", headers.keySet());
  }

  private String hash() {
    StringBuilder text = new StringBuilder("POST\n/\n").append(query).append('\n');
    headers.forEach(
        (name, value) -> text.append(name).append(':').append(value.strip()).append('\n'));
    text.append('\n').append(names()).append('\n').append(Signatures.sha256Hex(body));
    return Signatures.sha256Hex(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /// The `Authorization` of Alibaba Cloud.
  String alibaba(String keyId, String keySecret) {
    String algorithm = "ACS3-HMAC-SHA256";
    return algorithm
        + " Credential="
        + keyId
        + ",SignedHeaders="
        + names()
        + ",Signature="
        + Signatures.hex(Signatures.hmac(keySecret, algorithm + "\n" + hash()));
  }

  /// The `Authorization` of Tencent Cloud.
  ///
  /// @param service whose key it is, such as `sms`
  /// @param at the request's time, to the second
  String tencent(String secretId, String secretKey, String service, Instant at) {
    String algorithm = "TC3-HMAC-SHA256";
    String date = at.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    String scope = date + "/" + service + "/tc3_request";
    byte[] dateKey = Signatures.hmac("TC3" + secretKey, date);
    byte[] key = Signatures.hmac(Signatures.hmac(dateKey, service), "tc3_request");
    String toSign = String.join("\n", algorithm, Long.toString(at.getEpochSecond()), scope, hash());
    return algorithm
        + " Credential="
        + secretId
        + "/"
        + scope
        + ", SignedHeaders="
        + names()
        + ", Signature="
        + Signatures.hex(Signatures.hmac(key, toSign));
  }
}
