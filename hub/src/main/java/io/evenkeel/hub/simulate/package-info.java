/// Simulated servers that push to a real hub: for trying it out, and as load.
@NullMarked
package io.evenkeel.hub.simulate;

import org.jspecify.annotations.NullMarked;
