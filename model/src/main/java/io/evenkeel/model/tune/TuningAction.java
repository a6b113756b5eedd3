package io.evenkeel.model.tune;

/// A knob that may be turned.
///
/// @param name the kernel's or systemd's own name for it, such as `net.core.somaxconn`
/// @param place where it is
/// @param bounds which values it may be given
/// @param washoutSeconds how long its effect takes to settle after it was turned
/// @param newConnectionsOnly whether what is open already keeps the old value
public record TuningAction(
    String name,
    Place place,
    Bounds bounds,
    Risk risk,
    int washoutSeconds,
    boolean newConnectionsOnly) {}
