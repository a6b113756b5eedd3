package io.evenkeel.hub.security;

import org.jspecify.annotations.Nullable;

/// Somebody who may log in.
///
/// @param createdAt epoch milliseconds
/// @param lastLoginAt epoch milliseconds, or null before the first login
public record Account(String name, Role role, long createdAt, @Nullable Long lastLoginAt) {}
