/// Profiles of processes on their way from an agent to the hub, and in the hub's files.
@NullMarked
package io.evenkeel.model.profile;

import org.jspecify.annotations.NullMarked;
