/// How other servers come under this hub's watch: its certificate authority, tokens, the agents
/// that enrolled, what they are told, and whether they are who they say.
@NullMarked
package io.evenkeel.hub.enrolment;

import org.jspecify.annotations.NullMarked;
