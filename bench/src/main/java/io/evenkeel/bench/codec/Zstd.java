package io.evenkeel.bench.codec;

import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;

/// The size that a zstd frame declares.
final class Zstd {
  private Zstd() {}

  static long size(byte[] frame, int length) {
    return new ZstdJavaDecompressor().getDecompressedSize(frame, 0, length);
  }
}
