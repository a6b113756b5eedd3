/// Pools and their backends at run time: where policy, health and statistics meet. No sockets here,
/// so a simulator with a virtual clock drives the same code.
@NullMarked
package io.evenkeel.gateway.pool;

import org.jspecify.annotations.NullMarked;
