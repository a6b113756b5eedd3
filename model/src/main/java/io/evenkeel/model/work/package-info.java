/// Threads that do something again and again.
@NullMarked
package io.evenkeel.model.work;

import org.jspecify.annotations.NullMarked;
