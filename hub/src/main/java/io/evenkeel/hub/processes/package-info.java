/// Which processes were on top of a host at a moment: the snapshots beside the series.
@NullMarked
package io.evenkeel.hub.processes;

import org.jspecify.annotations.NullMarked;
