/// Profiles of processes on every host, on demand. [io.evenkeel.hub.profile.Profiles] is the front
/// door.
@NullMarked
package io.evenkeel.hub.profile;

import org.jspecify.annotations.NullMarked;
