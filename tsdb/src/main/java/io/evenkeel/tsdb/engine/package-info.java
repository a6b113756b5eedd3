/// The durable store of this machine, from its front door [io.evenkeel.tsdb.engine.LocalStore].
///
/// A sample's way: `append` packs it into the head and leaves it to the write-ahead log, whose one
/// thread forces it to disk; full chunks go to chunk files and are mapped back; every few minutes a
/// checkpoint makes the log before it needless; every two hours what has passed is sealed into a
/// block; days of blocks are compacted; retention drops whole blocks.
@NullMarked
package io.evenkeel.tsdb.engine;

import org.jspecify.annotations.NullMarked;
