/// The newest samples: series in columns, open chunks in slabs, full chunks in mapped files.
@NullMarked
package io.evenkeel.tsdb.engine.head;

import org.jspecify.annotations.NullMarked;
