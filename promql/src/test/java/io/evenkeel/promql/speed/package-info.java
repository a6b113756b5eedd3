/// Measurements of the evaluator; run by hand, never timed tests.
@NullMarked
package io.evenkeel.promql.speed;

import org.jspecify.annotations.NullMarked;
