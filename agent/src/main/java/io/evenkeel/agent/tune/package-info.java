/// Turns knobs of this server: only those of the closed list, within their bounds, as far as the
/// server's own policy allows, journalled before the write and put back when nobody renews the
/// lease.
@NullMarked
package io.evenkeel.agent.tune;

import org.jspecify.annotations.NullMarked;
