/// Requests that the hub makes to addresses people have entered: what they may reach, how long they
/// may take.
@NullMarked
package io.evenkeel.hub.outgoing;

import org.jspecify.annotations.NullMarked;
