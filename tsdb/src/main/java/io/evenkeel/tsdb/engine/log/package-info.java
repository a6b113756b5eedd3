/// Files of framed records, and the write-ahead log made of them.
@NullMarked
package io.evenkeel.tsdb.engine.log;

import org.jspecify.annotations.NullMarked;
