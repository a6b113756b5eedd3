package io.evenkeel.gateway.event;

import io.evenkeel.gateway.policy.WeightChange;
import java.time.Duration;

/// Something that happened in a gateway that its owner may want to know.
public sealed interface GatewayEvent {
  /// The event as a sentence.
  String sentence();

  /// A backend passes its checks again.
  record BackendUp(String pool, String backend) implements GatewayEvent {
    @Override
    public String sentence() {
      return pool + "/" + backend + " passes its checks again";
    }
  }

  /// A backend fails its checks.
  record BackendDown(String pool, String backend, String reason) implements GatewayEvent {
    @Override
    public String sentence() {
      return pool + "/" + backend + " fails its checks: " + reason;
    }
  }

  /// A backend that fails requests is left out for a while.
  record Ejected(String pool, String backend, String reason) implements GatewayEvent {
    @Override
    public String sentence() {
      return pool + "/" + backend + " is left out for a while: " + reason;
    }
  }

  /// A backend that was left out is tried again.
  record Readmitted(String pool, String backend) implements GatewayEvent {
    @Override
    public String sentence() {
      return pool + "/" + backend + " is tried again";
    }
  }

  /// Fewer than half of a pool's backends are healthy, so all are used; or that is over.
  record Panic(String pool, boolean begins, int healthy, int all) implements GatewayEvent {
    @Override
    public String sentence() {
      return begins
          ? pool + ": only " + healthy + " of " + all + " backends are healthy, all are used"
          : pool + ": " + healthy + " of " + all + " backends are healthy again";
    }
  }

  /// A backend gets another weight.
  record WeightChanged(String pool, WeightChange change) implements GatewayEvent {
    @Override
    public String sentence() {
      return pool + "/" + change.sentence();
    }
  }

  /// A backend gets no new requests, or gets them again.
  record DrainChanged(String pool, String backend, boolean draining) implements GatewayEvent {
    @Override
    public String sentence() {
      return pool + "/" + backend + (draining ? " is drained" : " takes requests again");
    }
  }

  /// Certificates were read again.
  record CertificatesLoaded(String listener, int certificates, Duration validFor)
      implements GatewayEvent {
    @Override
    public String sentence() {
      return "listener "
          + listener
          + " loaded "
          + certificates
          + " certificates; the first to expire does so in "
          + validFor.toDays()
          + " days";
    }
  }

  /// Changed certificates cannot be used; the old ones stay.
  record CertificatesRefused(String listener, String reason) implements GatewayEvent {
    @Override
    public String sentence() {
      return "listener " + listener + " keeps its old certificates: " + reason;
    }
  }

  /// The access log cannot be written.
  record AccessLogFailed(String reason) implements GatewayEvent {
    @Override
    public String sentence() {
      return "the access log cannot be written: " + reason;
    }
  }

  /// A fault of ours while serving a connection; the connection was closed.
  record Fault(String where, Throwable cause) implements GatewayEvent {
    @Override
    public String sentence() {
      return "a fault while " + where + ": " + cause;
    }
  }
}
