/// Java processes, by the counters that each keeps in a shared file.
@NullMarked
package io.evenkeel.agent.collect.jvm;

import org.jspecify.annotations.NullMarked;
