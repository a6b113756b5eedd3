/// Runs Prometheus-style PromQL test scripts against a store in memory.
@NullMarked
package io.evenkeel.promql.promtest;

import org.jspecify.annotations.NullMarked;
