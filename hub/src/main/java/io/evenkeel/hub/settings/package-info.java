/// Settings that are changed while the hub runs, kept in the settings database.
@NullMarked
package io.evenkeel.hub.settings;

import org.jspecify.annotations.NullMarked;
