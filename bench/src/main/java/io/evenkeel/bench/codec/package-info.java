/// The bake-off of codecs for sealed chunks.
@NullMarked
package io.evenkeel.bench.codec;

import org.jspecify.annotations.NullMarked;
