package io.evenkeel.agent.push;

import io.evenkeel.agent.AgentSink;
import io.evenkeel.agent.CollectorStatus;
import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.link.HubLink;
import io.evenkeel.model.remotewrite.RemoteWriteEncoder;
import java.util.Arrays;
import java.util.List;

/// Encodes an enrolled agent's samples as remote write and gives them to its link.
public final class LinkSink implements AgentSink {
  private static final System.Logger LOG = System.getLogger(LinkSink.class.getName());

  private final HubLink link;
  private final RemoteWriteEncoder encoder = new RemoteWriteEncoder();

  public LinkSink(HubLink link) {
    this.link = link;
  }

  @Override
  public void accept(SampleBatch batch) {
    RemoteWriteEncoder.Request request = encoder.encode(batch);
    link.add(Arrays.copyOf(request.bytes(), request.length()));
  }

  @Override
  public void accept(ProcessSnapshot snapshot) {
    // Remote write carries samples only; the series of the top processes go with them.
  }

  @Override
  public void accept(List<CollectorStatus> statuses) {
    for (CollectorStatus status : statuses) {
      if (status.state() != CollectorStatus.State.OK) {
        LOG.log(System.Logger.Level.DEBUG, status.name() + ": " + status.reason());
      }
    }
  }
}
