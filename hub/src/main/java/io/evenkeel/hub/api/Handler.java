package io.evenkeel.hub.api;

/// Answers a request; runs on a virtual thread.
public interface Handler {
  /// @throws ApiException to answer with an error
  void handle(Exchange exchange) throws Exception;
}
