/// What was served: counters and latencies of each backend, its share of the traffic, and whether
/// that share is odd.
@NullMarked
package io.evenkeel.gateway.stats;

import org.jspecify.annotations.NullMarked;
