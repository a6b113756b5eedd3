/// Fetches pages of metrics from targets, as Prometheus does: its `scrape_configs`, relabelling,
/// staleness and series about each scrape.
@NullMarked
package io.evenkeel.hub.scrape;

import org.jspecify.annotations.NullMarked;
