/// The knobs that may be turned on a server, each with its bounds and its risk: a closed list,
/// compiled into the agent, so that a hub in wrong hands can ask for nothing else.
@NullMarked
package io.evenkeel.model.tune;

import org.jspecify.annotations.NullMarked;
