package io.evenkeel.hub.hosts;

import io.evenkeel.hub.clean.HostTick;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A host's sign of life: samples of it were stored.
///
/// @param tick what they told
/// @param agentVersion the version of the agent that sent them, null when something else did
/// @param periodMillis how often it sends, when that is known; else it is measured
/// @param os the operating system in words, when it is known; else the kernel's name stands for it
/// @param self whether it is the hub's own machine
public record Report(
    HostTick tick,
    @Nullable String agentVersion,
    OptionalLong periodMillis,
    @Nullable String os,
    boolean self) {}
