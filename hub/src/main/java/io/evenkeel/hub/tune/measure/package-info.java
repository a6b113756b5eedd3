/// What a trial looks at: numbers of one host in PromQL.
@NullMarked
package io.evenkeel.hub.tune.measure;

import org.jspecify.annotations.NullMarked;
