/// The hosts that the hub knows: what they are, when they last reported, whether they are silent.
@NullMarked
package io.evenkeel.hub.hosts;

import org.jspecify.annotations.NullMarked;
