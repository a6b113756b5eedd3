/// Memory: sizes, paging, pressure.
@NullMarked
package io.evenkeel.agent.collect.memory;

import org.jspecify.annotations.NullMarked;
