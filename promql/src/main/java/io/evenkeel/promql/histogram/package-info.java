/// Arithmetic with native histograms, by Prometheus's native histogram specification.
@NullMarked
package io.evenkeel.promql.histogram;

import org.jspecify.annotations.NullMarked;
