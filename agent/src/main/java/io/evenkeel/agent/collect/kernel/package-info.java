/// The machine itself: identity, time, limits, temperatures.
@NullMarked
package io.evenkeel.agent.collect.kernel;

import org.jspecify.annotations.NullMarked;
