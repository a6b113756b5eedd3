/// HAProxy as a load balancer that the hub steers: its statistics read back, its weights and states
/// set through the Runtime API or the agent-check protocol.
@NullMarked
package io.evenkeel.hub.haproxy;

import org.jspecify.annotations.NullMarked;
