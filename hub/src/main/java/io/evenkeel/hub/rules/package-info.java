/// Rule files in Prometheus's format, and the recording rules in them.
@NullMarked
package io.evenkeel.hub.rules;

import org.jspecify.annotations.NullMarked;
