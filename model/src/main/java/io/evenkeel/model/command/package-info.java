/// What a hub may ask of an agent: a closed list of records with their bounds, never a text that
/// something interprets.
@NullMarked
package io.evenkeel.model.command;

import org.jspecify.annotations.NullMarked;
