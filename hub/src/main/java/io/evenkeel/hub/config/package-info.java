/// The hub's settings file as a record, checked at once.
@NullMarked
package io.evenkeel.hub.config;

import org.jspecify.annotations.NullMarked;
