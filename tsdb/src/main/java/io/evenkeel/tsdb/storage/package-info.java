/// What a time-series store is: the interfaces that PromQL reads and ingestion writes through.
///
/// Every implementation passes the same contract test.
@NullMarked
package io.evenkeel.tsdb.storage;

import org.jspecify.annotations.NullMarked;
