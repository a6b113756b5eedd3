package io.evenkeel.agent.tune;

import java.util.BitSet;
import java.util.StringJoiner;

/// A set of processors as people write it: `0-3,6`.
final class CpuSet {
  private CpuSet() {}

  static BitSet parse(String text) {
    BitSet set = new BitSet();
    for (String part : text.split(",", -1)) {
      String[] ends = part.split("-", -1);
      set.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
    }
    return set;
  }

  static String text(BitSet set) {
    StringJoiner text = new StringJoiner(",");
    for (int first = set.nextSetBit(0); first >= 0; first = set.nextSetBit(first)) {
      int after = set.nextClearBit(first);
      text.add(after - first == 1 ? Integer.toString(first) : first + "-" + (after - 1));
      first = after;
    }
    return text.toString();
  }
}
