/// Answers of range queries, kept as long as the samples they were computed from stay the same.
@NullMarked
package io.evenkeel.promql.cache;

import org.jspecify.annotations.NullMarked;
