/// What a gateway is told to do: listeners, routes, pools, limits; immutable records without
/// defaults hidden elsewhere. Whoever reads a file or a form makes these and checks them first.
@NullMarked
package io.evenkeel.gateway.config;

import org.jspecify.annotations.NullMarked;
