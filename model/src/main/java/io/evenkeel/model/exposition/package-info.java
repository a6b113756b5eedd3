/// The text format in which a program shows its metrics to a scraper.
@NullMarked
package io.evenkeel.model.exposition;

import org.jspecify.annotations.NullMarked;
