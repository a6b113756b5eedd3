package io.evenkeel.agent.collect;

import io.evenkeel.agent.AgentSettings;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.kernel.TextfileCollector;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Labels;
import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/// Runs one collector over a folder that stands for `/` and answers its samples.
public final class Collected {
  private final Samples samples = new Samples(Labels.empty());
  private final List<ProcessSnapshot> snapshots = new ArrayList<>();
  private final Samples.Source source = new Samples.Source();
  private final Map<String, Double> past = new TreeMap<>();
  private final Set<String> ended = new TreeSet<>();
  private final InstantSource clock;
  private final Collector collector;

  public Collected(Path root, InstantSource clock, Collectors.Factory factory) {
    this(root, clock, () -> clock.millis() * 1_000_000, factory);
  }

  public Collected(Path root, InstantSource clock, LongSupplier nanos, Collectors.Factory factory) {
    this(root, Optional.empty(), clock, nanos, factory);
  }

  private Collected(
      Path root,
      Optional<Path> textfiles,
      InstantSource clock,
      LongSupplier nanos,
      Collectors.Factory factory) {
    this.clock = clock;
    AgentSettings settings =
        new AgentSettings("host", Duration.ofSeconds(1), root, textfiles, 15, Set.of());
    collector =
        factory.create(new Surroundings(settings, clock, nanos, new Names(), snapshots::add));
  }

  /// A collector over a captured machine of the fixtures.
  public static Collected from(String fixture, Collectors.Factory factory) {
    return new Collected(fixture(fixture), InstantSource.system(), factory);
  }

  /// The collector of text files over a folder of them.
  public static Collected ofTextfiles(Path folder) {
    return new Collected(
        folder,
        Optional.of(folder),
        InstantSource.system(),
        System::nanoTime,
        TextfileCollector::new);
  }

  public static Path fixture(String name) {
    return Path.of("src/test/resources/fixtures").resolve(name);
  }

  /// One round: the values by their series as PromQL writes it.
  public Map<String, Double> round() throws IOException, InvalidLabelsException {
    samples.open(source);
    try {
      collector.collect(samples);
    } finally {
      samples.close(source);
    }
    SampleBatch batch = new SampleBatch();
    long now = clock.millis();
    samples.drain(batch, now);
    Map<String, Double> values = new TreeMap<>();
    past.clear();
    ended.clear();
    for (int i = 0; i < batch.sampleCount(); i++) {
      String series = batch.labels(batch.series(i)).toString();
      if (StaleMarker.is(batch.valueBits(i))) {
        ended.add(series);
        continue;
      }
      if (batch.time(i) < now) {
        past.put(series, Double.longBitsToDouble(batch.valueBits(i)));
        continue;
      }
      values.put(series, Double.longBitsToDouble(batch.valueBits(i)));
    }
    return values;
  }

  /// The values that the last round gave for an earlier time.
  public Map<String, Double> past() {
    return past;
  }

  /// The series that ended in the last round.
  public Set<String> ended() {
    return ended;
  }

  public List<ProcessSnapshot> snapshots() {
    return snapshots;
  }
}
