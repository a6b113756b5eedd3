package io.evenkeel.agent;

import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.SampleBatch;
import java.util.List;

/// Takes what an agent finds. Called by the agent's one thread; a slow sink delays the next round.
public interface AgentSink {
  /// One round of samples. The batch is used again for the next round.
  void accept(SampleBatch batch);

  /// The processes on top, after each scan of them.
  void accept(ProcessSnapshot snapshot);

  /// How each collector fared, after each round in which one changed.
  void accept(List<CollectorStatus> statuses);
}
