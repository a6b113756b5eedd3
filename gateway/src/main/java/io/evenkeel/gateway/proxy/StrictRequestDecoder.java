package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/// Netty's request decoder behind a look at the raw bytes of each head ([RequestHead]): it only
/// ever parses a whole head that is beyond doubt. Once something was refused, the rest of the
/// connection is thrown away.
final class StrictRequestDecoder extends HttpRequestDecoder {
  private final RequestHead head;
  private boolean inBody;
  private boolean broken;
  private boolean headBegun;

  StrictRequestDecoder(Limits limits) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.requestLineBytes() + 16)
            .setMaxHeaderSize(limits.headerBytes() + 16)
            .setMaxChunkSize(64 * 1024)
            .setHeadersFactory(DefaultHttpHeadersFactory.headersFactory().withValidation(true))
            .setTrailersFactory(DefaultHttpHeadersFactory.trailersFactory().withValidation(true)));
    head = new RequestHead(limits.requestLineBytes(), limits.headerBytes(), limits.headerCount());
  }

  /// A request that was refused before it was parsed.
  static final class RefusedHead extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Refusal refusal;

    private RefusedHead(Refusal refusal) {
      super(refusal.why(), null, false, false);
      this.refusal = refusal;
    }

    Refusal refusal() {
      return refusal;
    }
  }

  /// Whether a part of the next head is here.
  boolean isHeadBegun() {
    return headBegun;
  }

  /// Whether something was refused, after which nothing is read.
  boolean isBroken() {
    return broken;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (!inBody) {
      switch (head.look(in)) {
        case RequestHead.Verdict.Incomplete _ -> {
          headBegun = in.isReadable();
          return;
        }
        case RequestHead.Verdict.Refused(Refusal refusal) -> {
          broken = true;
          in.skipBytes(in.readableBytes());
          HttpMessage refused = createInvalidMessage();
          refused.setDecoderResult(DecoderResult.failure(new RefusedHead(refusal)));
          out.add(refused);
          return;
        }
        case RequestHead.Verdict.Complete _ -> {
          headBegun = false;
          inBody = true;
        }
      }
    }
    int before = out.size();
    super.decode(ctx, in, out);
    for (int i = before; i < out.size(); i++) {
      if (out.get(i) instanceof HttpObject object) {
        if (object.decoderResult().isFailure()) {
          broken = true;
        }
        if (object instanceof LastHttpContent) {
          inBody = false;
        }
      }
    }
  }

  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws Exception {
    // A head that the connection's end cut short is no request.
    if (inBody && !broken) {
      super.decodeLast(ctx, in, out);
    }
  }
}
