/// From a syntax tree to a value: every node is evaluated for all steps of a query at once, over
/// primitive arrays.
@NullMarked
package io.evenkeel.promql.eval;

import org.jspecify.annotations.NullMarked;
