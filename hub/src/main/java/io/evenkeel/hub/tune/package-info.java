/// Tries a change of a server's knobs and decides whether it stays.
@NullMarked
package io.evenkeel.hub.tune;

import org.jspecify.annotations.NullMarked;
