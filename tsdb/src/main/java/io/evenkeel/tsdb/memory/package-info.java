/// A store without files, for test scripts, rule tests and as the oracle of the engine's own tests.
@NullMarked
package io.evenkeel.tsdb.memory;

import org.jspecify.annotations.NullMarked;
