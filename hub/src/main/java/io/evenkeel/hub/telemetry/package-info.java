/// What the hub measures of itself, and the page on which it shows that.
@NullMarked
package io.evenkeel.hub.telemetry;

import org.jspecify.annotations.NullMarked;
