/// What all collectors share: the samples they fill in, and reading and parsing the kernel's files
/// without garbage.
@NullMarked
package io.evenkeel.agent.collect;

import org.jspecify.annotations.NullMarked;
