package io.evenkeel.hub.probe;

import io.evenkeel.agent.probe.Probe;
import io.evenkeel.agent.probe.ProbeResult;
import io.evenkeel.agent.probe.ProbeResult.Sample;
import io.evenkeel.model.Label;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The series of one probe: what an attempt does not bring any more ends with it. Used by one
/// thread.
final class ProbeSeries {
  /// The job of all probes.
  static final String JOB = "probe";

  /// The label with the probe's name, so that two probes of one target stay apart.
  static final String PROBE = "probe";

  /// The label with the server whose agent asks; none when the hub does.
  static final String FROM = "from";

  private final Labels own;
  private final Map<Labels, byte[]> encoded = new HashMap<>();
  private Set<Labels> present = new HashSet<>();

  /// @param from the server whose agent asks; empty for the hub
  ProbeSeries(Probe probe, String from) {
    Labels labels =
        Labels.of(Label.JOB, JOB, Label.INSTANCE, probe.check().target(), PROBE, probe.name());
    this.own = from.isEmpty() ? labels : labels.toBuilder().set(FROM, from).build();
  }

  /// Puts a result into a batch.
  void put(ProbeResult result, SampleBatch batch) {
    Set<Labels> now = new HashSet<>();
    for (Sample sample : result.samples()) {
      now.add(sample.labels());
      byte[] labels = encoded.computeIfAbsent(sample.labels(), this::encode);
      batch.addSample(
          batch.addSeries(labels, 0, labels.length), result.timeMillis(), sample.value());
    }
    present.removeAll(now);
    end(batch, result.timeMillis());
    present = now;
  }

  /// Ends every series.
  void end(SampleBatch batch, long timeMillis) {
    for (Labels gone : present) {
      byte[] labels = encoded.computeIfAbsent(gone, this::encode);
      batch.addSample(batch.addSeries(labels, 0, labels.length), timeMillis, StaleMarker.BITS);
      encoded.remove(gone);
    }
    present = new HashSet<>();
  }

  private byte[] encode(Labels labels) {
    Labels.Builder all = labels.toBuilder();
    for (int i = 0; i < own.size(); i++) {
      all.set(own.name(i), own.value(i));
    }
    return LabelBytes.encode(all.build());
  }
}
