/// Systems that are not Linux, by OSHI.
@NullMarked
package io.evenkeel.agent.collect.portable;

import org.jspecify.annotations.NullMarked;
