/// Diagnosis: what is wrong with a host and why, by rules over its own figures, without a network
/// and with the same answer every time.
@NullMarked
package io.evenkeel.hub.diagnose;

import org.jspecify.annotations.NullMarked;
