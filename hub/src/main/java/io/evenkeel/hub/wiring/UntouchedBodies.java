package io.evenkeel.hub.wiring;

import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncoding;
import io.helidon.http.encoding.ContentEncodingContext;
import java.util.Set;

/// Tells the server to leave bodies as they were sent.
///
/// The server refuses a Content-Encoding that it does not know before a route is asked. Remote
/// write's snappy is the route's own affair, and for the others a route answers what it takes.
final class UntouchedBodies implements ContentEncoding {
  private static final Set<String> ENCODINGS =
      Set.of("snappy", "zstd", "gzip", "deflate", "br", "identity");

  private UntouchedBodies() {}

  static ContentEncodingContext context() {
    return ContentEncodingContext.builder()
        .contentEncodingsDiscoverServices(false)
        .addContentEncoding(new UntouchedBodies())
        .build();
  }

  @Override
  public Set<String> ids() {
    return ENCODINGS;
  }

  @Override
  public boolean supportsDecoding() {
    return true;
  }

  @Override
  public boolean supportsEncoding() {
    return false;
  }

  @Override
  public ContentDecoder decoder() {
    return ContentDecoder.NO_OP;
  }

  @Override
  public ContentEncoder encoder() {
    return ContentEncoder.NO_OP;
  }

  @Override
  public String name() {
    return "untouched";
  }

  @Override
  public String type() {
    return "untouched";
  }
}
