package io.evenkeel.model.exposition;

import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Labels;

/// A series as a page names it.
///
/// Its bytes are its name: within one format the same bytes mean the same series in every page, so
/// that whoever knows the bytes need not ask for the labels again.
public interface PageSeries {
  /// The array in which the bytes lie; never written to.
  byte[] bytes();

  int offset();

  int length();

  /// The labels, read anew at each call, the metric's name among them.
  ///
  /// @throws InvalidLabelsException when a name repeats or something is not UTF-8
  Labels labels() throws InvalidLabelsException;
}
