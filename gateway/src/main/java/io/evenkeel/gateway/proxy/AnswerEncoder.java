package io.evenkeel.gateway.proxy;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/// Netty's response encoder, told whether the answer is to a HEAD: then no byte of a body goes out,
/// whatever its header says.
final class AnswerEncoder extends HttpResponseEncoder {
  private boolean head;

  void answersHead(boolean to) {
    head = to;
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpResponse response) {
    return head || super.isContentAlwaysEmpty(response);
  }
}
