package io.evenkeel.agent.probe;

import java.time.Duration;

/// A service that is asked again and again.
///
/// @param name unique on the hub
/// @param interval from the beginning of one attempt to the next
/// @param timeout of one attempt as a whole
public record Probe(
    String name, Duration interval, Duration timeout, IpFamily family, Check check) {}
