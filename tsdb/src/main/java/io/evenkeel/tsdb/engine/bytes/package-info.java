/// The number formats that the store's files are made of.
@NullMarked
package io.evenkeel.tsdb.engine.bytes;

import org.jspecify.annotations.NullMarked;
