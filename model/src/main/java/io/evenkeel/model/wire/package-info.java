/// What every wire format stands on: a reader of protobuf messages, snappy blocks, the one error.
@NullMarked
package io.evenkeel.model.wire;

import org.jspecify.annotations.NullMarked;
