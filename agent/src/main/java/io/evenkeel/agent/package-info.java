/// What runs on every server: collectors read the machine, the push sends what they found.
@NullMarked
package io.evenkeel.agent;

import org.jspecify.annotations.NullMarked;
