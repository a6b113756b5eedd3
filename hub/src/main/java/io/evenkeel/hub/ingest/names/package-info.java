/// Other collectors' names for what a host measures, and ours.
@NullMarked
package io.evenkeel.hub.ingest.names;

import org.jspecify.annotations.NullMarked;
