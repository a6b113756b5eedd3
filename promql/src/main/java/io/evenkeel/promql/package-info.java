/// The front door of PromQL: [QueryEngine] takes a query and answers a value.
@NullMarked
package io.evenkeel.promql;

import org.jspecify.annotations.NullMarked;
