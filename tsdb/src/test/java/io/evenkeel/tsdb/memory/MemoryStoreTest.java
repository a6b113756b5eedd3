package io.evenkeel.tsdb.memory;

import io.evenkeel.tsdb.storage.TimeSeriesStore;
import io.evenkeel.tsdb.storage.TimeSeriesStoreContract;

class MemoryStoreTest extends TimeSeriesStoreContract {
  @Override
  protected TimeSeriesStore create() {
    return new MemoryStore();
  }
}
