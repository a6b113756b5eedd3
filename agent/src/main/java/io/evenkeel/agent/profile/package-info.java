/// Profiles of this machine's processes, on demand. [io.evenkeel.agent.profile.Profiler] is the
/// front door; one [io.evenkeel.agent.profile.Recorder] for each way to look into a process.
@NullMarked
package io.evenkeel.agent.profile;

import org.jspecify.annotations.NullMarked;
