/// What a diagnosis looks at: the samples of one host over a window, wherever they come from.
@NullMarked
package io.evenkeel.hub.diagnose.evidence;

import org.jspecify.annotations.NullMarked;
