package io.evenkeel.hub.enrolment;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A server whose agent enrolled.
///
/// @param hostId the host's stable id
/// @param instance its name, the `instance` label of its samples
/// @param former names it had before, under which samples may still wait on the server
/// @param machine the SHA-256 of the machine's own id
/// @param serials the serial numbers of the certificates that are good, the newest first
/// @param expiresAt when the newest certificate ends
/// @param token the id of the token it enrolled with
/// @param retiredAt since when it is not watched any more; null while it is
public record EnrolledAgent(
    String hostId,
    String instance,
    Set<String> former,
    String machine,
    List<String> serials,
    Instant expiresAt,
    Instant enrolledAt,
    String token,
    @Nullable Instant retiredAt) {
  public EnrolledAgent {
    former = Set.copyOf(former);
    serials = List.copyOf(serials);
  }

  /// Whether samples under a name are this server's.
  public boolean owns(String name) {
    return name.equals(instance) || former.contains(name);
  }
}
