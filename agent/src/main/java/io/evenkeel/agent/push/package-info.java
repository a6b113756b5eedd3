/// Sending what was collected to a hub.
@NullMarked
package io.evenkeel.agent.push;

import org.jspecify.annotations.NullMarked;
