/// Probes: services asked from outside, as their users would, again and again.
@NullMarked
package io.evenkeel.hub.probe;

import org.jspecify.annotations.NullMarked;
