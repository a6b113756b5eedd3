/// Tells people: channels, the outbox, deliveries, the heartbeat.
@NullMarked
package io.evenkeel.hub.notify;

import org.jspecify.annotations.NullMarked;
