/// Probes: services asked from outside, as their users would. The hub runs them by itself and has
/// its agents run them; what is asked and what came of it travel as [ProbeMessages].
@NullMarked
package io.evenkeel.agent.probe;

import org.jspecify.annotations.NullMarked;
