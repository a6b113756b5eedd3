package io.evenkeel.hub.clean;

import io.evenkeel.model.Labels;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What one batch told about one host, beside its samples.
///
/// @param instance the host's name, the value of its `instance` label
/// @param timeMillis the newest time among its samples, epoch milliseconds
/// @param memoryBytes its memory, when the batch said it
/// @param bootTimeSeconds when it booted, when the batch said it
/// @param cores how many CPUs reported, when any did
/// @param uname the labels of `node_uname_info`, when the batch brought that series for the first
///   time since the hub's start
/// @param signals how busy it is
public record HostTick(
    String instance,
    long timeMillis,
    OptionalDouble memoryBytes,
    OptionalDouble bootTimeSeconds,
    OptionalInt cores,
    @Nullable Labels uname,
    HostSignals signals) {}
