/// Units and containers, by their control groups.
@NullMarked
package io.evenkeel.agent.collect.cgroup;

import org.jspecify.annotations.NullMarked;
