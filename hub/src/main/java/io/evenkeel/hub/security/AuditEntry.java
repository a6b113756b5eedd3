package io.evenkeel.hub.security;

import io.evenkeel.model.audit.HashChain;
import java.time.Instant;

/// One line of the audit log: who did what to what.
///
/// @param seq 1, 2, 3 … without a hole
/// @param hash SHA-256 over this line and the hash before it, in hex
public record AuditEntry(
    long seq, Instant at, String actor, String action, String target, String detail, String hash) {
  /// The hash that the line must carry behind `previousHash`.
  String expectedHash(String previousHash) {
    return HashChain.next(previousHash, seq, at.toEpochMilli(), actor, action, target, detail);
  }
}
