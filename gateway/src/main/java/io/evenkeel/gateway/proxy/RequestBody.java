package io.evenkeel.gateway.proxy;

import io.netty.handler.codec.http.HttpContent;
import java.util.ArrayList;
import java.util.List;

/// The part of a request's body that is kept: all that came before there was a connection, and for
/// requests that may be sent again all up to a limit. Lives on one event loop.
final class RequestBody {
  private final int mostBytes;
  private final List<HttpContent> kept = new ArrayList<>(2);
  private int bytes;
  private boolean whole = true;
  private boolean repeatable;

  /// @param repeatable whether the request may be sent again
  RequestBody(boolean repeatable, int mostBytes) {
    this.repeatable = repeatable;
    this.mostBytes = mostBytes;
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  /// Whether all of the body so far is kept, so that it can be sent from its start.
  boolean isWhole() {
    return whole;
  }

  /// Keeps a part that cannot be sent yet. Takes over the reference.
  void hold(HttpContent part) {
    bytes += part.content().readableBytes();
    kept.add(part);
  }

  /// Sends what is kept, from the start of the body.
  void sendAll(Upstream upstream) {
    if (repeatable && bytes <= mostBytes) {
      for (HttpContent part : kept) {
        upstream.write(part.retainedDuplicate());
      }
      return;
    }
    repeatable = false;
    whole = kept.isEmpty();
    for (HttpContent part : kept) {
      upstream.write(part);
    }
    kept.clear();
  }

  /// Sends a part that just came. Takes over the reference.
  void send(HttpContent part, Upstream upstream) {
    int size = part.content().readableBytes();
    if (repeatable && whole && bytes + size <= mostBytes) {
      bytes += size;
      kept.add(part);
      upstream.write(part.retainedDuplicate());
      return;
    }
    if (whole && size > 0 || !kept.isEmpty()) {
      whole = false;
      release();
    }
    upstream.write(part);
  }

  void release() {
    kept.forEach(HttpContent::release);
    kept.clear();
  }
}
