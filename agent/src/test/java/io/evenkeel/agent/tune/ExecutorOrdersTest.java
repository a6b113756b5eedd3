package io.evenkeel.agent.tune;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class ExecutorOrdersTest extends TuningOrdersContract {
  @Override
  protected TuningOrders orders() {
    return ExecutorOrders.start(server.settings, InstantSource.system(), server.nanos::get);
  }

  @Test
  void tells_at_the_start_why_nothing_can_be_turned() throws IOException {
    Files.createDirectories(server.settings.data());
    Files.writeString(server.settings.data().resolve("journal"), "no line of a journal\n");
    try (TuningOrders orders = orders()) {
      assertThat(orders.problem()).contains("line 1 is damaged");
    }
  }
}
