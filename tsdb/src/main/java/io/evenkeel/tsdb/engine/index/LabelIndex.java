package io.evenkeel.tsdb.engine.index;

import java.util.List;
import java.util.function.BiConsumer;
import org.roaringbitmap.RoaringBitmap;

/// Which series have which label; series are numbers. What it answers must not be changed.
public interface LabelIndex {
  /// Every series.
  RoaringBitmap all();

  /// The series whose label has a value; empty when there are none.
  RoaringBitmap with(String name, String value);

  /// Every value of a label with its series, in any order.
  void forEachValue(String name, BiConsumer<String, RoaringBitmap> consumer);

  /// Every label's name, in any order.
  List<String> names();
}
