/// Micro benchmarks (JMH) of the store's hot paths.
@NullMarked
package io.evenkeel.bench.micro;

import org.jspecify.annotations.NullMarked;
