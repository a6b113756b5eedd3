/// Log output: calm lines on the terminal, JSON lines in the data directory.
@NullMarked
package io.evenkeel.hub.logging;

import org.jspecify.annotations.NullMarked;
