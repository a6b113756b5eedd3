/// The one way by which samples get into the hub, whoever brings them.
@NullMarked
package io.evenkeel.hub.ingest;

import org.jspecify.annotations.NullMarked;
