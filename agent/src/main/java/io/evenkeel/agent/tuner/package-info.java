/// The tuner: a small process with the rights to turn knobs, and the agent's way to ask it. The
/// agent itself has none.
@NullMarked
package io.evenkeel.agent.tuner;

import org.jspecify.annotations.NullMarked;
