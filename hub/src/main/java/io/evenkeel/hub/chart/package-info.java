/// History for charts: queries evaluated finely, answered as few enough points for a screen.
@NullMarked
package io.evenkeel.hub.chart;

import org.jspecify.annotations.NullMarked;
