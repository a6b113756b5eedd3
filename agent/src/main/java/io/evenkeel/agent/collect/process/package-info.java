/// Processes: how many, and which are on top.
@NullMarked
package io.evenkeel.agent.collect.process;

import org.jspecify.annotations.NullMarked;
