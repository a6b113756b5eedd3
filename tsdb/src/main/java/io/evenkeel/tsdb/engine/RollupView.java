package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.block.BlockSeries;
import io.evenkeel.tsdb.engine.chunk.RollupRun;
import io.evenkeel.tsdb.engine.chunk.Run;
import io.evenkeel.tsdb.storage.Resolution;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The rollups that a reader sees, and where they stand in for samples that are gone. Immutable.
///
/// @param minutes in the order of time
/// @param hours in the order of time
/// @param rawFrom before this time the raw samples are gone
/// @param minutesFrom before this time the minutes are gone too
/// @param from the begin of the reader's interval
record RollupView(
    List<Block> minutes, List<Block> hours, long rawFrom, long minutesFrom, long from) {
  /// No rollups, all samples.
  static final RollupView NONE =
      new RollupView(List.of(), List.of(), Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE);

  RollupView {
    minutes = sorted(minutes);
    hours = sorted(hours);
  }

  private static List<Block> sorted(List<Block> blocks) {
    return blocks.stream().sorted(Comparator.comparingLong(b -> b.meta().from())).toList();
  }

  List<Block> of(Resolution resolution) {
    return switch (resolution) {
      case ONE_MINUTE -> minutes;
      case ONE_HOUR -> hours;
    };
  }

  /// The rollups that answer for samples of the reader's interval.
  List<Block> insteadOfSamples() {
    List<Block> needed = new ArrayList<>();
    if (from < rawFrom) {
      minutes.stream().filter(b -> b.meta().from() < rawFrom).forEach(needed::add);
    }
    if (from < hoursUntil()) {
      hours.stream().filter(b -> b.meta().from() < hoursUntil()).forEach(needed::add);
    }
    return needed;
  }

  private long hoursUntil() {
    return Math.min(rawFrom, minutesFrom);
  }

  /// Adds runs of the last sample of each bucket for the time whose samples are gone.
  void samples(Labels labels, long begin, long end, List<Run> into) {
    if (begin < rawFrom) {
      add(minutes, labels, begin, end, rawFrom, into);
    }
    if (begin < hoursUntil()) {
      add(hours, labels, begin, end, hoursUntil(), into);
    }
  }

  private static void add(
      List<Block> blocks, Labels labels, long begin, long end, long before, List<Run> into) {
    for (Block block : blocks) {
      BlockSeries series =
          block.meta().from() <= end && block.meta().to() > begin && block.meta().from() < before
              ? block.find(labels)
              : null;
      if (series != null) {
        List<Run> runs = new ArrayList<>();
        series.runs(begin, end, runs);
        for (Run run : runs) {
          if (run instanceof RollupRun rollup) {
            into.add(rollup.before(before));
          }
        }
      }
    }
  }
}
