/// Made-up queries and samples for comparisons and fuzzing.
@NullMarked
package io.evenkeel.promql.random;

import org.jspecify.annotations.NullMarked;
