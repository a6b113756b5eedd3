/// The one page where everything meets: what is started in which order, and stopped in reverse.
@NullMarked
package io.evenkeel.hub.wiring;

import org.jspecify.annotations.NullMarked;
