/// Which backend a request goes to, and with which weight: pure algorithms without sockets or
/// clocks.
@NullMarked
package io.evenkeel.gateway.policy;

import org.jspecify.annotations.NullMarked;
