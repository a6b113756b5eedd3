/// What people deal with: alerts grouped into incidents, who is told of them and when, and what is
/// kept quiet.
@NullMarked
package io.evenkeel.hub.incident;

import org.jspecify.annotations.NullMarked;
