/// Which series have which label: the part of finding that head and blocks share.
@NullMarked
package io.evenkeel.tsdb.engine.index;

import org.jspecify.annotations.NullMarked;
