/// The bounded pool of platform threads on which all computing happens.
@NullMarked
package io.evenkeel.hub.work;

import org.jspecify.annotations.NullMarked;
