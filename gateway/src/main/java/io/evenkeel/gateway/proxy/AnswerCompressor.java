package io.evenkeel.gateway.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.StandardCompressionOptions;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compresses text of at least a kilobyte for clients that ask for it, gzip or zstd, on routes that
/// want it. Never what streams, what is partial or what its sender forbids to change.
final class AnswerCompressor extends HttpContentCompressor {
  private static final int LEAST_BYTES = 1024;
  private static final String ZSTD = "zstd";
  private static final Set<String> TYPES =
      Set.of(
          "application/json",
          "application/javascript",
          "application/xml",
          "application/xhtml+xml",
          "application/ld+json",
          "application/manifest+json",
          "application/wasm",
          "image/svg+xml");

  private boolean wanted;

  private @Nullable ChannelHandlerContext context;

  AnswerCompressor() {
    super(StandardCompressionOptions.gzip());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
  }

  /// Says whether the next answer's route wants it.
  void want(boolean compress) {
    wanted = compress;
  }

  @Override
  protected @Nullable Result beginEncode(HttpResponse response, String acceptEncoding)
      throws Exception {
    if (!wanted || !isCompressible(response)) {
      return null;
    }
    HttpHeaders headers = response.headers();
    if (!headers.containsValue(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING, true)) {
      headers.add(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING);
    }
    Result result =
        prefersZstd(acceptEncoding) ? zstd() : super.beginEncode(response, acceptEncoding);
    String tag = headers.get(HttpHeaderNames.ETAG);
    if (result != null && tag != null && !tag.startsWith("W/")) {
      // The bytes differ from those that the tag was made for (RFC 9110, section 8.8.1).
      headers.set(HttpHeaderNames.ETAG, "W/" + tag);
    }
    return result;
  }

  /// Of codings that a client likes alike, zstd: it is smaller and costs less.
  private static boolean prefersZstd(String acceptEncoding) {
    double zstd = AcceptedEncoding.weight(acceptEncoding, ZSTD);
    return zstd > 0 && zstd >= AcceptedEncoding.weight(acceptEncoding, "gzip");
  }

  private Result zstd() {
    Channel channel = Objects.requireNonNull(context).channel();
    return new Result(
        ZSTD,
        new EmbeddedChannel(
            channel.id(), channel.metadata().hasDisconnect(), channel.config(), new ZstdFrames()));
  }

  private static boolean isCompressible(HttpResponse response) {
    HttpHeaders headers = response.headers();
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    if (type == null
        || response.status().code() != 200
        || headers.contains(HttpHeaderNames.CONTENT_ENCODING)
        || headers.contains(HttpHeaderNames.CONTENT_RANGE)
        || headers.containsValue(HttpHeaderNames.CACHE_CONTROL, "no-transform", true)) {
      return false;
    }
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    if (length != null && length.length() < 10 && Integer.parseInt(length) < LEAST_BYTES) {
      return false;
    }
    int semicolon = type.indexOf(';');
    String bare =
        (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    return TYPES.contains(bare) || bare.startsWith("text/") && !bare.equals("text/event-stream");
  }
}
