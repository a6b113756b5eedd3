/// The command line: one class per command.
@NullMarked
package io.evenkeel.hub.command;

import org.jspecify.annotations.NullMarked;
