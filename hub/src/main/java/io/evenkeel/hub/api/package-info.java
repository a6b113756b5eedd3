/// HTTP: one table of routes, who may take which, and what they answer.
@NullMarked
package io.evenkeel.hub.api;

import org.jspecify.annotations.NullMarked;
