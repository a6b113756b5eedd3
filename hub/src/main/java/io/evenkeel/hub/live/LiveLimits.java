package io.evenkeel.hub.live;

import io.evenkeel.promql.QueryLimits;
import java.time.Duration;

/// How much live streams may ask for.
///
/// @param streams open or resumable streams in total
/// @param streamsPerOwner open or resumable streams of one user
/// @param subscriptions expressions of one stream
/// @param expressions different expressions in total
/// @param expressionLength characters of an expression
/// @param series series that one expression may answer
/// @param slowEvaluation an expression that takes longer rests after it, so that it uses a tenth of
///   the time
/// @param resumeWithin how long a stream outlives its connection
/// @param heartbeat the longest silence on a connection
/// @param connectionAge how long a connection may last; the browser then comes back
public record LiveLimits(
    int streams,
    int streamsPerOwner,
    int subscriptions,
    int expressions,
    int expressionLength,
    int series,
    Duration slowEvaluation,
    Duration resumeWithin,
    Duration heartbeat,
    Duration connectionAge) {
  public static final LiveLimits DEFAULT =
      new LiveLimits(
          200,
          10,
          100,
          2_000,
          4_096,
          500,
          Duration.ofMillis(100),
          Duration.ofSeconds(60),
          Duration.ofSeconds(15),
          Duration.ofMinutes(30));

  /// What one live evaluation may cost: far less than a chart's, as it is repeated each second.
  public static final QueryLimits QUERY =
      new QueryLimits(
          Duration.ofSeconds(2),
          2_000_000,
          5_000,
          11_000,
          32 << 20,
          20,
          Duration.ofSeconds(30),
          Duration.ofMinutes(1));
}
