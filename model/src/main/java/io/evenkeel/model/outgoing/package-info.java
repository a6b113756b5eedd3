/// Where connections go that somebody's setting asked for, and whose certificates they trust;
/// shared by the hub and its agents.
@NullMarked
package io.evenkeel.model.outgoing;

import org.jspecify.annotations.NullMarked;
