/// The load of the benchmarks: recorded pages of a node_exporter, replayed as many hosts.
@NullMarked
package io.evenkeel.bench.load;

import org.jspecify.annotations.NullMarked;
