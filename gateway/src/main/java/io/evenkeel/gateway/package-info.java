/// The HTTP load balancer's data plane. Its rooms are `policy` (which backend a request goes to),
/// `health` (which backends may be asked), `proxy` (bytes between client and backend) and `stats`
/// (what was served); only this module sees Netty.
@NullMarked
package io.evenkeel.gateway;

import org.jspecify.annotations.NullMarked;
