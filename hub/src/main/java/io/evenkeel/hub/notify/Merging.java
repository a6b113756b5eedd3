package io.evenkeel.hub.notify;

import io.evenkeel.hub.notify.channel.Notice;
import java.util.List;

/// Several messages of one incident that wait for the same recipient become one: the newest says
/// what holds, and an end that overtook its beginning says both.
final class Merging {
  private Merging() {}

  /// What the last of some waiting notices must say for all of them.
  ///
  /// @param waiting oldest first, at least one
  static Notice merge(List<Notice> waiting) {
    Notice last = waiting.getLast();
    boolean beginningWaits =
        waiting.stream()
            .anyMatch(notice ->
                notice.kind() == Notice.Kind.FIRED
                    || notice.kind() == Notice.Kind.FIRED_AND_RESOLVED);
    return switch (last.kind()) {
      case RESOLVED -> beginningWaits ? last.as(Notice.Kind.FIRED_AND_RESOLVED) : last;
      case CHANGED, REMINDER -> beginningWaits ? last.as(Notice.Kind.FIRED) : last;
      case FIRED, ESCALATED, DIGEST, FIRED_AND_RESOLVED, DELIVERY_PROBLEM, TEST -> last;
    };
  }
}
