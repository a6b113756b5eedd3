package io.evenkeel.agent.collect;

import io.evenkeel.agent.AgentSettings;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Labels;
import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.SampleBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Runs one collector over a folder that stands for `/` and answers its samples.
public final class Collected {
  private final Samples samples = new Samples(Labels.empty());
  private final List<ProcessSnapshot> snapshots = new ArrayList<>();
  private final Collector collector;

  public Collected(Path root, InstantSource clock, Collectors.Factory factory) {
    AgentSettings settings =
        new AgentSettings("host", Duration.ofSeconds(1), root, Optional.empty(), 15);
    collector = factory.create(new Surroundings(settings, clock, new Names(), snapshots::add));
  }

  /// A collector over a captured machine of the fixtures.
  public static Collected from(String fixture, Collectors.Factory factory) {
    return new Collected(fixture(fixture), InstantSource.system(), factory);
  }

  public static Path fixture(String name) {
    return Path.of("src/test/resources/fixtures").resolve(name);
  }

  /// One round: the values by their series as PromQL writes it.
  public Map<String, Double> round() throws IOException, InvalidLabelsException {
    collector.collect(samples);
    SampleBatch batch = new SampleBatch();
    samples.drain(batch, 0);
    Map<String, Double> values = new TreeMap<>();
    for (int i = 0; i < batch.sampleCount(); i++) {
      values.put(
          batch.labels(batch.series(i)).toString(), Double.longBitsToDouble(batch.valueBits(i)));
    }
    return values;
  }

  public List<ProcessSnapshot> snapshots() {
    return snapshots;
  }
}
