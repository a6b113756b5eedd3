package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.OutgoingHttp;
import io.evenkeel.hub.outgoing.OutgoingRoute;
import io.evenkeel.hub.outgoing.OutgoingSockets;
import java.time.InstantSource;

/// What a channel reaches its service with.
///
/// @param route through a proxy, with a private authority, or straight
public record Wires(
    OutgoingHttp http, OutgoingSockets sockets, OutgoingRoute route, InstantSource clock) {}
