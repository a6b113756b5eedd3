package io.evenkeel.model.wire;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.snappy.SnappyJavaDecompressor;

/// Snappy's block format, as remote write uses it: the decoded length stands first and is checked
/// before any memory is taken.
public final class SnappyBlock {
  private SnappyBlock() {}

  /// The decoded length that a block declares.
  ///
  /// @throws WireException when the block is cut off or declares more than `atMost` bytes
  public static int declaredLength(byte[] block, int length, int atMost) throws WireException {
    long declared = 0;
    for (int i = 0; i < 5; i++) {
      if (i >= length) {
        throw WireException.malformed("the snappy block ends inside its header");
      }
      declared |= (long) (block[i] & 0x7F) << (7 * i);
      if (block[i] >= 0) {
        if (declared > atMost) {
          throw WireException.tooLarge(
              "the body declares "
                  + declared
                  + " bytes after decompression, at most "
                  + atMost
                  + " are accepted: send smaller requests");
        }
        return (int) declared;
      }
    }
    throw WireException.malformed("the snappy block's length is not a 32-bit number");
  }

  /// Decodes a block into a buffer of at least [#declaredLength] bytes.
  ///
  /// @throws WireException when the block does not decode to exactly its declared length
  public static void decode(byte[] block, int length, byte[] into, int declared)
      throws WireException {
    int decoded;
    try {
      decoded = new SnappyJavaDecompressor().decompress(block, 0, length, into, 0, declared);
    } catch (MalformedInputException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw WireException.malformed(
          "the body is not a snappy block (" + e.getMessage() + "): is it compressed with snappy?");
    }
    if (decoded != declared) {
      throw WireException.malformed(
          "the snappy block holds " + decoded + " bytes, it declares " + declared);
    }
  }
}
