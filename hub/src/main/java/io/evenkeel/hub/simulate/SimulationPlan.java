package io.evenkeel.hub.simulate;

import java.net.URI;
import java.time.Duration;

/// What a simulation does.
///
/// @param hub the hub's address, http
/// @param token an API token that may deliver samples
/// @param hosts how many servers
/// @param series how many series each has
/// @param period how often each reports
/// @param history how far back each begins, so that pages show a past at once
/// @param faulty whether servers have faults
public record SimulationPlan(
    URI hub,
    String token,
    int hosts,
    int series,
    Duration period,
    Duration history,
    boolean faulty) {}
