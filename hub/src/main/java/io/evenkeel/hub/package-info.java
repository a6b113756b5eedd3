/// The hub: one process that everything reports to and every person talks to.
@NullMarked
package io.evenkeel.hub;

import org.jspecify.annotations.NullMarked;
