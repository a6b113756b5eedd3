/// What a store keeps in memory whole: small tables beside the samples, and a complete store for
/// test scripts and rule tests.
@NullMarked
package io.evenkeel.tsdb.memory;

import org.jspecify.annotations.NullMarked;
