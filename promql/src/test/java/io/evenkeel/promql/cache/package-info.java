@NullMarked
package io.evenkeel.promql.cache;

import org.jspecify.annotations.NullMarked;
