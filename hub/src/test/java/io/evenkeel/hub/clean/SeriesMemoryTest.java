package io.evenkeel.hub.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeriesMemoryTest {
  private final SeriesMemory memory = new SeriesMemory();

  @Test
  void finds_every_series_by_its_key_whatever_the_guess_is() {
    Random random = new Random(20261126);
    Map<Long, Double> oracle = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      long key = 1 + random.nextInt(3_000) * 64L;
      int row = memory.find(key, random.nextInt(4_000) - 1);
      assertThat(row >= 0).isEqualTo(oracle.containsKey(key));
      double value = random.nextDouble();
      if (row < 0) {
        assertThat(memory.insert(key, (byte) 3, i, value)).isNotNegative();
      } else {
        assertThat(memory.value(row)).isEqualTo(oracle.get(key));
        assertThat(memory.trait(row)).isEqualTo((byte) 3);
        memory.update(row, i, value);
      }
      oracle.put(key, value);
    }
  }

  @Test
  void forgets_what_was_not_seen_for_an_hour_when_room_is_short() {
    for (int i = 1; i <= SeriesMemory.MAX_SERIES; i++) {
      assertThat(memory.insert(i, (byte) 0, 0, i)).isNotNegative();
    }
    assertThat(memory.insert(-1, (byte) 0, 1_000, 1)).isNegative();
    memory.update(memory.find(7, -1), 3_700_000, 70);
    int row = memory.insert(-1, (byte) 0, 3_700_001, 1);
    assertThat(row).isEqualTo(1);
    assertThat(memory.value(memory.find(7, -1))).isEqualTo(70);
    assertThat(memory.find(8, -1)).isNegative();
  }
}
