/// Gateways of their own that the hub steers: what they report, what they are told, and the side of
/// the gateway itself.
@NullMarked
package io.evenkeel.hub.gateways;

import org.jspecify.annotations.NullMarked;
