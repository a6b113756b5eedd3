package io.evenkeel.hub.pools;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.haproxy.Haproxies;
import io.evenkeel.hub.haproxy.HaproxySettings;
import io.evenkeel.hub.security.AuditStore;
import java.time.InstantSource;
import java.util.Optional;

/// The hub's own balancer without a file and without HAProxy.
public final class TestPools {
  private TestPools() {}

  /// Pools that have begun; close them.
  public static Pools started(Database database, InstantSource clock) {
    Pools pools =
        new Pools(
            database,
            new AuditStore(clock),
            Optional.empty(),
            new Haproxies(HaproxySettings.NONE),
            clock);
    pools.start();
    return pools;
  }
}
