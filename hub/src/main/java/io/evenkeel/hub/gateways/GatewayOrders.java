package io.evenkeel.hub.gateways;

import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.PoolState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a hub tells a gateway in the answer to its report: the configuration to run, and how each
/// backend stands now. Immutable; JSON on the wire and on the gateway's disk.
///
/// @param revision names the configuration: a digest of its text
/// @param text the configuration, as in a gateway file; null when the gateway has it already, empty
///   when nothing is to be served
/// @param backends weights and drains as they are on the hub
public record GatewayOrders(String revision, @Nullable String text, List<BackendOrder> backends) {
  public GatewayOrders {
    backends = List.copyOf(backends);
  }

  /// How a backend stands.
  ///
  /// @param reason why it has this weight, a [WeightChange.Reason] in small letters
  public record BackendOrder(
      String pool, String backend, double weight, String reason, boolean draining) {}

  /// What to tell.
  ///
  /// @param pools as the hub's own balancer has them
  static GatewayOrders of(String text, List<PoolState> pools) {
    List<BackendOrder> orders = new ArrayList<>();
    for (PoolState pool : pools) {
      for (PoolState.BackendState backend : pool.backends()) {
        orders.add(
            new BackendOrder(
                pool.name(),
                backend.name(),
                backend.steadyWeight(),
                Words.of(lastReason(pool, backend.name())),
                backend.draining()));
      }
    }
    return new GatewayOrders(revisionOf(text), text, orders);
  }

  private static WeightChange.Reason lastReason(PoolState pool, String backend) {
    for (WeightChange change : pool.weightChanges().reversed()) {
      if (change.backend().equals(backend)) {
        return change.reason();
      }
    }
    return WeightChange.Reason.CONFIGURED;
  }

  private static String revisionOf(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// The same without the configuration, for a gateway that has it.
  GatewayOrders withoutText() {
    return new GatewayOrders(revision, null, backends);
  }

  /// The same with the configuration that was told before.
  GatewayOrders withText(String known) {
    return new GatewayOrders(revision, known, backends);
  }
}
