/// Decides honestly whether a change helped: blocks with and without it in random order, one
/// measure named before, an exact interval, and guards that end it when something else suffers.
/// Pure: no clock, no store, no agent.
@NullMarked
package io.evenkeel.hub.tune.trial;

import org.jspecify.annotations.NullMarked;
