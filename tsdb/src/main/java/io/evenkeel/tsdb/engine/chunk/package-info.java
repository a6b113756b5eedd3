/// Runs of one series' samples as bytes, and cursors over them.
@NullMarked
package io.evenkeel.tsdb.engine.chunk;

import org.jspecify.annotations.NullMarked;
