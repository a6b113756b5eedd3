package io.evenkeel.model.remotewrite;

/// The versions of remote write, which differ in their message.
public enum RemoteWriteVersion {
  /// `prometheus.WriteRequest`: each series spells its labels out.
  V1,
  /// `io.prometheus.write.v2.Request`: labels refer to a table of symbols.
  V2
}
