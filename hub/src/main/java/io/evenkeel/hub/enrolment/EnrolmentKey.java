package io.evenkeel.hub.enrolment;

import java.time.Instant;

/// A token that lets servers enrol, without its secret.
///
/// @param name what it is for
/// @param usesLeft how many servers may still enrol with it
/// @param network from where, such as `10.0.0.0/8`; empty for from everywhere
/// @param createdBy who made it
public record EnrolmentKey(
    String id,
    String name,
    int usesLeft,
    String network,
    String createdBy,
    Instant createdAt,
    Instant expiresAt) {}
