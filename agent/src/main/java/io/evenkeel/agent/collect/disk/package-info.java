/// Block devices, file systems, arrays.
@NullMarked
package io.evenkeel.agent.collect.disk;

import org.jspecify.annotations.NullMarked;
