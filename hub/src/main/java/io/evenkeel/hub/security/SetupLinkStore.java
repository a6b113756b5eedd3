package io.evenkeel.hub.security;

import io.evenkeel.hub.db.Transaction;
import java.time.Instant;

/// The one set-up link that may be open, in the settings database.
public final class SetupLinkStore {
  /// Opens a link and closes any other.
  void replace(Transaction transaction, String secretHash, Instant expiresAt) {
    clear(transaction);
    transaction
        .createUpdate("INSERT INTO setup_links (secret_hash, expires_at) VALUES (:hash, :expires)")
        .bind("hash", secretHash)
        .bind("expires", expiresAt.toEpochMilli())
        .execute();
  }

  /// Whether the link of this hash is open at `now`.
  boolean open(Transaction transaction, String secretHash, Instant now) {
    return transaction
            .createQuery(
                "SELECT COUNT(*) FROM setup_links WHERE secret_hash = :hash AND expires_at > :now")
            .bind("hash", secretHash)
            .bind("now", now.toEpochMilli())
            .mapTo(Integer.class)
            .one()
        > 0;
  }

  void clear(Transaction transaction) {
    transaction.execute("DELETE FROM setup_links");
  }
}
