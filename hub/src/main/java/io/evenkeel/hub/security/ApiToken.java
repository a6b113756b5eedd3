package io.evenkeel.hub.security;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A program's right to talk to the hub. The secret itself is shown once and never kept.
///
/// @param id names the token in lists and for revoking; not secret
/// @param lastUsedAt to the minute; null when never used
public record ApiToken(
    String id,
    String name,
    Role role,
    Scope scope,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Instant lastUsedAt) {}
