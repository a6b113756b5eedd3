package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.Limits;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/// The frames of a client's HTTP/2 connection, within the limits of the configuration. Lives on one
/// event loop.
///
/// Streams that wait for the connection's window take turns: the priorities of RFC 7540 are
/// deprecated (RFC 9113, section 5.3.2), and the tree that Netty keeps for them costs every stream.
final class Http2Frames extends Http2FrameCodec {
  private static final int WINDOW_BYTES = 256 * 1024;

  /// What a stream may send before it is the turn of the next.
  private static final int TURN_BYTES = 16 * 1024;

  private static final int RESETS_WITHIN_SECONDS = 10;
  private static final int EMPTY_FRAMES = 2;

  private Http2Frames(
      Http2ConnectionEncoder encoder, Http2ConnectionDecoder decoder, Http2Settings settings) {
    super(encoder, decoder, settings, false, true);
  }

  static Http2Frames within(Limits limits) {
    return new Builder(limits).build();
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<Http2Frames, Builder> {
    Builder(Limits limits) {
      Http2Connection connection = new DefaultHttp2Connection(true);
      UniformStreamByteDistributor turns = new UniformStreamByteDistributor(connection);
      turns.minAllocationChunk(TURN_BYTES);
      connection.remote().flowController(new DefaultHttp2RemoteFlowController(connection, turns));
      connection(connection);
      initialSettings(
          new Http2Settings()
              .maxConcurrentStreams(limits.http2Streams())
              .maxHeaderListSize(limits.headerBytes())
              .initialWindowSize(WINDOW_BYTES));
      validateHeaders(true);
      gracefulShutdownTimeoutMillis(0);
      decoderEnforceMaxRstFramesPerWindow(limits.http2Resets(), RESETS_WITHIN_SECONDS);
      decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_FRAMES);
    }

    @Override
    protected Http2Frames build() {
      return super.build();
    }

    @Override
    protected Http2Frames build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      return new Http2Frames(encoder, decoder, settings);
    }
  }
}
