/// A gateway's YAML file, read whole or not at all.
@NullMarked
package io.evenkeel.hub.pools.file;

import org.jspecify.annotations.NullMarked;
