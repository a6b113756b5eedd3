package io.evenkeel.gateway.config;

import java.time.Duration;

/// What a client may cost.
///
/// @param requestLineBytes the longest request line
/// @param headerBytes all header fields together
/// @param headerCount the most header fields
/// @param headerTimeout from a request's first byte, or a connection's start, to the end of its
///   header
/// @param bodyTimeout the longest pause within a body
/// @param idleTimeout how long a connection without a request is kept
/// @param connections all connections of clients together
/// @param connectionsPerAddress those of one address
/// @param http2Streams concurrent streams of one HTTP/2 connection
/// @param http2Resets streams that a client may cancel within 10 s (rapid reset)
public record Limits(
    int requestLineBytes,
    int headerBytes,
    int headerCount,
    Duration headerTimeout,
    Duration bodyTimeout,
    Duration idleTimeout,
    int connections,
    int connectionsPerAddress,
    int http2Streams,
    int http2Resets) {
  /// The defaults of peers, rounded.
  public static final Limits USUAL =
      new Limits(
          8 * 1024,
          32 * 1024,
          100,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(75),
          20_000,
          2_000,
          128,
          200);

  /// The same limits with other times.
  public Limits withTimes(Duration header, Duration body, Duration idle) {
    return new Limits(
        requestLineBytes,
        headerBytes,
        headerCount,
        header,
        body,
        idle,
        connections,
        connectionsPerAddress,
        http2Streams,
        http2Resets);
  }

  /// The same limits with another number of connections for one address.
  public Limits withConnectionsPerAddress(int most) {
    return new Limits(
        requestLineBytes,
        headerBytes,
        headerCount,
        headerTimeout,
        bodyTimeout,
        idleTimeout,
        connections,
        most,
        http2Streams,
        http2Resets);
  }
}
