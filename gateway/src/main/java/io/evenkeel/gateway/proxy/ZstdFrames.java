package io.evenkeel.gateway.proxy;

import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;

/// Compresses each part of a body into a zstd frame of its own, so that nothing waits for more to
/// come; frames one after another are one body (RFC 8878, section 3.1). Lives on one event loop.
final class ZstdFrames extends MessageToByteEncoder<ByteBuf> {
  private final ZstdJavaCompressor compressor = new ZstdJavaCompressor();

  ZstdFrames() {
    super(ByteBuf.class, false);
  }

  @Override
  protected void encode(ChannelHandlerContext ctx, ByteBuf in, ByteBuf out) {
    int size = in.readableBytes();
    if (size == 0) {
      return;
    }
    byte[] plain = new byte[size];
    in.readBytes(plain);
    int most = compressor.maxCompressedLength(size);
    out.ensureWritable(most);
    int written =
        compressor.compress(
            plain, 0, size, out.array(), out.arrayOffset() + out.writerIndex(), most);
    out.writerIndex(out.writerIndex() + written);
  }
}
