package io.evenkeel.tsdb.engine.block;

import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/// What a block says about itself, kept as readable lines with a checksum at the end.
///
/// @param sequence the order in which blocks were written; of two samples with one time the lower's
///   counts
/// @param from the begin of its range, epoch milliseconds
/// @param to the end of its range, not in it
/// @param minTime its oldest sample's time
/// @param maxTime its newest sample's time
/// @param series how many series
/// @param symbols how many label names and values
/// @param postings how many label pairs, and one more for all series
/// @param samples how many samples
/// @param headFile the head's chunk file before which it holds all of its range; 0 when it was
///   compacted from blocks
/// @param replaces the sequences of the blocks it was compacted from
/// @param bucketMillis how long the buckets are that it holds rollups of; 0 when it holds samples
/// @param sources the sequences of the blocks of samples that it is the rollup of
/// @param sizes its files and their bytes
/// @param checksums its files' CRC32C
public record BlockMeta(
    int sequence,
    long from,
    long to,
    long minTime,
    long maxTime,
    int series,
    int symbols,
    int postings,
    long samples,
    int headFile,
    List<Integer> replaces,
    long bucketMillis,
    List<Integer> sources,
    Map<String, Long> sizes,
    Map<String, Long> checksums) {
  /// The file's name.
  static final String FILE = "meta";

  private static final int FORMAT = 2;

  /// What the block takes on disk, but for its tombstones and this file.
  public long bytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  byte[] encode() {
    StringBuilder text = new StringBuilder();
    text.append("format=").append(FORMAT).append('\n');
    text.append("sequence=").append(sequence).append('\n');
    text.append("from=").append(from).append('\n');
    text.append("to=").append(to).append('\n');
    text.append("minTime=").append(minTime).append('\n');
    text.append("maxTime=").append(maxTime).append('\n');
    text.append("series=").append(series).append('\n');
    text.append("symbols=").append(symbols).append('\n');
    text.append("postings=").append(postings).append('\n');
    text.append("samples=").append(samples).append('\n');
    text.append("headFile=").append(headFile).append('\n');
    for (int one : replaces) {
      text.append("replaces=").append(one).append('\n');
    }
    text.append("bucketMillis=").append(bucketMillis).append('\n');
    for (int one : sources) {
      text.append("source=").append(one).append('\n');
    }
    sizes.forEach(
        (file, size) -> text.append("size.").append(file).append('=').append(size).append('\n'));
    checksums.forEach(
        (file, crc) -> text.append("crc32c.").append(file).append('=').append(crc).append('\n'));
    long checksum = checksum(text.toString());
    text.append("crc32c=").append(checksum).append('\n');
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  static BlockMeta decode(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.lastIndexOf("crc32c=");
    if (end < 0
        || !text.substring(end).equals("crc32c=" + checksum(text.substring(0, end)) + "\n")) {
      throw new DamagedBytesException("the file 'meta' is damaged");
    }
    Map<String, Long> numbers = new TreeMap<>();
    Map<String, Long> sizes = new TreeMap<>();
    Map<String, Long> checksums = new TreeMap<>();
    List<Integer> replaces = new ArrayList<>();
    List<Integer> sources = new ArrayList<>();
    for (String line : text.substring(0, end).lines().toList()) {
      int equals = line.indexOf('=');
      String key = line.substring(0, equals);
      long value = Long.parseLong(line.substring(equals + 1));
      if (key.startsWith("size.")) {
        sizes.put(key.substring("size.".length()), value);
      } else if (key.startsWith("crc32c.")) {
        checksums.put(key.substring("crc32c.".length()), value);
      } else if (key.equals("replaces")) {
        replaces.add((int) value);
      } else if (key.equals("source")) {
        sources.add((int) value);
      } else {
        numbers.put(key, value);
      }
    }
    if (number(numbers, "format") != FORMAT) {
      throw new DamagedBytesException(
          "format " + numbers.get("format") + " is not known to this version");
    }
    return new BlockMeta(
        (int) number(numbers, "sequence"),
        number(numbers, "from"),
        number(numbers, "to"),
        number(numbers, "minTime"),
        number(numbers, "maxTime"),
        (int) number(numbers, "series"),
        (int) number(numbers, "symbols"),
        (int) number(numbers, "postings"),
        number(numbers, "samples"),
        (int) number(numbers, "headFile"),
        replaces,
        number(numbers, "bucketMillis"),
        sources,
        sizes,
        checksums);
  }

  private static long number(Map<String, Long> numbers, String key) {
    Long value = numbers.get(key);
    if (value == null) {
      throw new DamagedBytesException("the file 'meta' lacks " + key);
    }
    return value;
  }

  private static long checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}
