/// Bytes between client and backend: listeners, HTTP/1.1 and HTTP/2 on both sides, TLS, tunnels,
/// checks. Everything that runs on an event loop is here.
@NullMarked
package io.evenkeel.gateway.proxy;

import org.jspecify.annotations.NullMarked;
