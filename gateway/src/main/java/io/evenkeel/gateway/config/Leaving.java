package io.evenkeel.gateway.config;

import java.time.Duration;
import java.util.Optional;

/// How a gateway says whether it may be sent requests, and how it goes.
///
/// @param healthPath a path that each listener answers itself: 200, and 503 once the gateway is on
///   its way out; nothing leaves all paths to the routes
/// @param lameDuck how long a stop only says so, on this path and the admin port, before it closes
///   a port: whoever is in front moves away meanwhile
/// @param within how long it then waits for requests in flight
public record Leaving(Optional<String> healthPath, Duration lameDuck, Duration within) {}
