/// Processors: time by mode, run queues, interrupts.
@NullMarked
package io.evenkeel.agent.collect.cpu;

import org.jspecify.annotations.NullMarked;
