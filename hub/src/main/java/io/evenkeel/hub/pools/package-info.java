/// The load balancer as the hub and its commands see it: its configuration file, and the running
/// gateway's log.
@NullMarked
package io.evenkeel.hub.pools;

import org.jspecify.annotations.NullMarked;
