/// The seam through which the store touches the disk; a test double of it loses what was not
/// forced.
@NullMarked
package io.evenkeel.tsdb.engine.disk;

import org.jspecify.annotations.NullMarked;
