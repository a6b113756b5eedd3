/// Cleaning: what is doubtful in incoming samples is counted, marked or refused, never altered.
@NullMarked
package io.evenkeel.hub.clean;

import org.jspecify.annotations.NullMarked;
