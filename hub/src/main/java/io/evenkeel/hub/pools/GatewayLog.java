package io.evenkeel.hub.pools;

import io.evenkeel.gateway.event.GatewayEvent;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what happens in a gateway to the log.
public final class GatewayLog implements Consumer<GatewayEvent> {
  private static final Logger LOG = LoggerFactory.getLogger("gateway");

  @Override
  public void accept(GatewayEvent event) {
    switch (event) {
      case GatewayEvent.Fault fault -> LOG.error("{}", fault.sentence(), fault.cause());
      case GatewayEvent.BackendDown _,
          GatewayEvent.Ejected _,
          GatewayEvent.CertificatesRefused _,
          GatewayEvent.AccessLogFailed _ ->
          LOG.warn("{}", event.sentence());
      case GatewayEvent.Panic panic -> {
        if (panic.begins()) {
          LOG.warn("{}", panic.sentence());
        } else {
          LOG.info("{}", panic.sentence());
        }
      }
      case GatewayEvent.BackendUp _,
          GatewayEvent.Readmitted _,
          GatewayEvent.WeightChanged _,
          GatewayEvent.DrainChanged _,
          GatewayEvent.CertificatesLoaded _ ->
          LOG.info("{}", event.sentence());
    }
  }
}
