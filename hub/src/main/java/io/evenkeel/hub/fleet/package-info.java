/// The hosts as one fleet: what people say of them, which of them needs attention first.
@NullMarked
package io.evenkeel.hub.fleet;

import org.jspecify.annotations.NullMarked;
