/// Backups of everything a hub keeps, and bringing them back.
@NullMarked
package io.evenkeel.hub.backup;

import org.jspecify.annotations.NullMarked;
