/// Sealed, immutable directories of samples: writing, reading, finding.
@NullMarked
package io.evenkeel.tsdb.engine.block;

import org.jspecify.annotations.NullMarked;
